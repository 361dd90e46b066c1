/// @file
/// What a pretraining is: images, recipe, seed. It is kept beside the checkpoint as recipe.json.
#pragma once
#include "demo_recipe.hpp"
#include "flat_json.hpp"
#include "options.hpp"

#include <selfsame/core/fields.hpp>
#include <selfsame/data/dataset.hpp>
#include <selfsame/io/file.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace selfsame::program {

struct Run {
  std::string data{};  ///< folder of the images
  Setup setup{};
  Recipe<SimCLR> recipe{};
};

/// Sets a number of the recipe by name; "method." may be left out.
inline void set_number(Recipe<SimCLR>& recipe, const std::string& assignment) {
  const std::string name = assignment.substr(0, assignment.find('='));
  bool of_recipe = false, of_method = false;
  each_field(recipe, [&](const std::string& known, const auto&) {
    of_recipe = of_recipe || known == name;
    of_method = of_method || known == "method." + name;
  });
  const auto below = [&](const char* part) { return name.starts_with(part); };
  if (of_method || !(of_recipe || below("method.") || below("optimizer.") || below("rule.") ||
                     name.find('.') == name.npos))
    set(recipe.method, assignment);
  else
    set(recipe, assignment);
}

/// "resnet18", "resnet8x2": depth, and the factor of all widths.
inline void set_encoder(Recipe<SimCLR>& recipe, const std::string& name) {
  constexpr std::string_view kind = "resnet";
  const std::string rest = name.substr(std::min(name.size(), kind.size()));
  const auto x = rest.find('x');
  const std::string depth = rest.substr(0, x), width = x == rest.npos ? "1" : rest.substr(x + 1);
  if (!name.starts_with(kind) || depth.empty() ||
      depth.find_first_not_of("0123456789") != depth.npos || width.empty() ||
      width.find_first_not_of("0123456789.") != width.npos)
    throw std::invalid_argument(
        "selfsame: --encoder " + name +
        ": it must be resnetDEPTH or resnetDEPTHxWIDTH, as resnet18 or resnet8x2");
  set(recipe, "method.encoder.depth=" + depth);
  set(recipe, "method.encoder.width=" + width);
  static_cast<void>(
      recipe.method.encoder.output({1, 32, 32, 3}));  // throws where the depth is unknown
}

/// What the command line says about the recipe, over what it is.
inline void apply(const Options& o, Recipe<SimCLR>& recipe) {
  if (!o.encoder.empty()) set_encoder(recipe, o.encoder);
  if (!o.epochs.empty()) {
    set(recipe, "epochs=" + o.epochs);
    recipe.steps = 0;
  }
  if (!o.steps.empty()) set(recipe, "steps=" + o.steps);
  if (!o.batch.empty()) set(recipe, "batch=" + o.batch);
  if (!o.chunk.empty()) set(recipe, "chunk=" + o.chunk);
  for (const std::string& s : o.set) set_number(recipe, s);
  if (recipe.steps < 0 || recipe.chunk < 0 || recipe.group < 0)
    throw std::invalid_argument("selfsame: steps, chunk and group must not be negative");
}

/// A new run on these images.
inline Run new_run(const Options& o, const std::string& folder, const Dataset& train) {
  Run run{.data = folder,
          .setup = {.image = train.image(),
                    .samples = train.size(),
                    .classes = train.classes(),
                    .seed = o.seed},
          .recipe = train.image().channels == 1 ? grey_recipe : colour_recipe};
  apply(o, run.recipe);
  return run;
}

inline std::filesystem::path recipe_file(const std::filesystem::path& folder) {
  return folder / "recipe.json";
}
inline std::filesystem::path checkpoint_file(const std::filesystem::path& folder) {
  return folder / "checkpoint.selfsame";
}

/// What knn and probe said of this run, a JSON object a line.
inline std::filesystem::path evaluations_file(const std::filesystem::path& folder) {
  return folder / "evaluations.jsonl";
}
/// The folder of a pretraining, where its checkpoint file was named, too.
inline std::filesystem::path folder_of(const std::string& asked) {
  const std::filesystem::path path = asked;
  if (!std::filesystem::is_regular_file(path)) return path;
  return path.has_parent_path() ? path.parent_path() : ".";
}

inline void write_run(const std::filesystem::path& folder, const Run& run) {
  write_file(recipe_file(folder), json(run) + "\n");
}

/// Throws std::invalid_argument where the folder holds no pretraining, and std::runtime_error where its
/// recipe is of other methods or damaged.
inline Run read_run(const std::filesystem::path& folder) {
  const auto path = recipe_file(folder);
  if (!std::filesystem::exists(path))
    throw std::invalid_argument("selfsame: " + folder.string() +
                                " holds no training: there is no recipe.json in it");
  const auto entries = read_flat_json(path.string(), read_file(path));
  Run run{.recipe = grey_recipe};
  const auto find = [&](const std::string& name) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const auto& e) { return e.first == name; });
  };
  std::vector<std::string> players;
  each_field(run, [&](const std::string& name, auto& x) {
    if constexpr (std::is_const_v<std::remove_reference_t<decltype(x)>>) {
      players.push_back(name);
      const auto it = find(name);
      if (it == entries.end() || it->second != x)
        throw std::runtime_error("selfsame: '" + path.string() + "': " + name + " is not " +
                                 std::string(x));
    }
  });
  for (const auto& [name, value] : entries)
    if (std::find(players.begin(), players.end(), name) == players.end()) {
      try {
        set(run, name + "=" + value);
      } catch (const std::invalid_argument& e) {
        throw std::runtime_error("'" + path.string() + "': " + e.what());
      }
    }
  std::vector<std::string> constant;  // a schedule of which the file says one number
  each_field(run, [&](const std::string& name, const auto&) {
    if (name.ends_with(".curve") && find(name) == entries.end()) constant.push_back(name);
  });
  for (const std::string& name : constant) set(run, name + "=constant");
  return run;
}

}  // namespace selfsame::program
