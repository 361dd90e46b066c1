/// @file
/// What a pretraining is: images, recipe, seed. It is kept beside the checkpoint as recipe.json.
#pragma once
#include "flat_json.hpp"
#include "methods.hpp"
#include "options.hpp"

#include <selfsame/core/fields.hpp>
#include <selfsame/data/labels_per_class.hpp>
#include <selfsame/io/file.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <variant>

namespace selfsame::program {

template <class M>
struct Run {
  std::string data{};  ///< folder of the images
  Index labels = 0;    ///< a class, of those that are trained with; 0: all, or none
  Setup setup{};
  Recipe<M> recipe{};
};
/// In the order of `method_names`.
using AnyRun = std::variant<Run<SimCLR>, Run<MoCo>, Run<TwinBYOL>, Run<SwAV>, Run<Supervised<>>>;

inline std::string& data_of(AnyRun& run) {
  return std::visit([](auto& r) -> std::string& { return r.data; }, run);
}
inline const Setup& setup_of(const AnyRun& run) {
  return std::visit([](const auto& r) -> const Setup& { return r.setup; }, run);
}

/// Sets a number of the recipe by name; "method." may be left out.
template <class M>
void set_number(Recipe<M>& recipe, const std::string& assignment) {
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
template <class M>
void set_encoder(Recipe<M>& recipe, const std::string& name) {
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
template <class M>
void apply(const Options& o, Recipe<M>& recipe) {
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

/// A run of the k-th method, with nothing but its usual recipe.
inline AnyRun usual_run(std::size_t k, bool grey) {
  AnyRun run;
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (static_cast<void>(i == k ? (run.emplace<i>(), 0) : 0), ...);
  }(std::make_index_sequence<method_names.size()>{});
  std::visit([&]<class M>(Run<M>& r) { r.recipe = usual_recipe<M>(grey); }, run);
  return run;
}

/// What a run trains with, of the images of its folder.
template <class M>
Dataset training_images(const Run<M>& run, const Dataset& all) {
  if constexpr (!std::same_as<M, Supervised<>>) {
    if (run.labels != 0)
      throw std::invalid_argument("selfsame: --labels goes with --method supervised");
    return all;
  } else {
    const Dataset labelled = all.labelled_part();
    if (labelled.size() == 0)
      throw std::invalid_argument("selfsame: none of the " + std::to_string(all.size()) +
                                  " images of " + run.data + " has a label");
    return run.labels > 0 ? labels_per_class(labelled, run.labels, run.setup.seed) : labelled;
  }
}

/// A new run on these images.
inline AnyRun new_run(const Options& o, const std::string& folder, const Dataset& train) {
  const auto found = std::find(method_names.begin(), method_names.end(), o.method);
  if (found == method_names.end())
    throw std::invalid_argument("selfsame: --method " + o.method +
                                ": it must be simclr, moco, byol, swav or supervised");
  AnyRun run = usual_run(static_cast<std::size_t>(found - method_names.begin()),
                         train.image().channels == 1);
  std::visit(
      [&]<class M>(Run<M>& r) {
        r.data = folder;
        r.labels = o.labels;
        r.setup.seed = o.seed;
        const Dataset used = training_images(r, train);
        r.setup.image = used.image();
        r.setup.samples = used.size();
        r.setup.classes = used.classes();
        if constexpr (std::same_as<M, Supervised<>>) r.recipe.method.head.classes = used.classes();
        apply(o, r.recipe);
      },
      run);
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

inline void write_run(const std::filesystem::path& folder, const AnyRun& run) {
  write_file(recipe_file(folder), std::visit([](const auto& r) { return json(r); }, run) + "\n");
}

using FlatJson = decltype(read_flat_json({}, {}));

/// Why the entries are not of a run of this type: the first player that is another one; empty: they are.
template <class M>
std::string other_player(const FlatJson& entries, const Run<M>& run) {
  std::string fault;
  each_field(run, [&](const std::string& name, const auto& x) {
    if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::string>) {
      if (name == "data") return;
      const auto it = std::find_if(entries.begin(), entries.end(),
                                   [&](const auto& e) { return e.first == name; });
      if (fault.empty() && (it == entries.end() || it->second != x))
        fault = name + " is not " + std::string(x);
    }
  });
  return fault;
}

/// Sets all numbers of a run to those of the file.
template <class M>
void take_numbers(const std::string& path, const FlatJson& entries, Run<M>& run) {
  const auto find = [&](const std::string& name) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const auto& e) { return e.first == name; });
  };
  std::vector<std::string> players;
  each_field(run, [&](const std::string& name, const auto& x) {
    if (std::is_same_v<std::decay_t<decltype(x)>, std::string> && name != "data")
      players.push_back(name);
  });
  for (const auto& [name, value] : entries)
    if (std::find(players.begin(), players.end(), name) == players.end()) {
      try {
        set(run, name + "=" + value);
      } catch (const std::invalid_argument& e) {
        throw std::runtime_error("'" + path + "': " + e.what());
      }
    }
  std::vector<std::string> constant;  // a schedule of which the file says one number
  each_field(run, [&](const std::string& name, const auto&) {
    if (name.ends_with(".curve") && find(name) == entries.end()) constant.push_back(name);
  });
  for (const std::string& name : constant) set(run, name + "=constant");
}

/// Throws std::invalid_argument where the folder holds no pretraining, and std::runtime_error where its
/// recipe is of other methods or damaged.
inline AnyRun read_run(const std::filesystem::path& folder) {
  const auto path = recipe_file(folder);
  if (!std::filesystem::exists(path))
    throw std::invalid_argument("selfsame: " + folder.string() +
                                " holds no training: there is no recipe.json in it");
  const FlatJson entries = read_flat_json(path.string(), read_file(path));
  std::string fault;
  for (std::size_t k = 0; k < method_names.size(); ++k) {
    AnyRun run = usual_run(k, true);
    const std::string other =
        std::visit([&](const auto& r) { return other_player(entries, r); }, run);
    if (fault.empty()) fault = other;
    if (!other.empty()) continue;
    std::visit([&](auto& r) { take_numbers(path.string(), entries, r); }, run);
    return run;
  }
  throw std::runtime_error("selfsame: '" + path.string() + "': " + fault);
}

}  // namespace selfsame::program
