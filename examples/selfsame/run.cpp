#include "run.hpp"
#include "flat_json.hpp"
#include "images.hpp"

#include <selfsame/data/labels_per_class.hpp>
#include <selfsame/io/file.hpp>

#include <algorithm>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "recipe.";  // of the system's fields in recipe.json

std::vector<Field> fields(Run& run) {
  std::vector<Field> all = fields_of(static_cast<RunImages&>(run));
  for (Field& f : run.system->fields()) {
    f.name.insert(0, prefix);
    all.push_back(std::move(f));
  }
  return all;
}

// "simclr, moco, byol, swav or supervised"
std::string names_of(const std::vector<std::string_view>& names) {
  std::string s;
  for (std::size_t i = 0; i < names.size(); ++i)
    s += (i == 0 ? "" : i + 1 < names.size() ? ", " : " or ") + std::string(names[i]);
  return s;
}

// "resnet18", "resnet8x2": depth, and the factor of all widths.
void set_encoder(System& system, const std::string& name) {
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
  set(system.fields(), "method.encoder.depth=" + depth);
  set(system.fields(), "method.encoder.width=" + width);
  static_cast<void>(system.encoder().output({1, 32, 32, 3}));  // throws where the depth is unknown
}

// The value of an entry; null where it is not there.
const std::string* find(const FlatJson& entries, const std::string& name) {
  const auto it =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == name; });
  return it == entries.end() ? nullptr : &it->second;
}

// Why the entries are not of this system: the first player that is another one; empty: they are.
std::string other_player(const FlatJson& entries, Run& run) {
  for (const Field& f : fields(run))
    if (f.is_player())
      if (const std::string* said = find(entries, f.name); said == nullptr || *said != f.value())
        return f.name + " is not " + f.value();
  return "";
}

// Sets all numbers of a run to those of the file.
void take_numbers(const std::string& path, const FlatJson& entries, Run& run) {
  std::vector<std::string> players;
  for (const Field& f : fields(run))
    if (f.is_player()) players.push_back(f.name);
  for (const auto& [name, value] : entries)
    if (std::find(players.begin(), players.end(), name) == players.end()) {
      try {
        set(fields(run), name + "=" + value);
      } catch (const std::invalid_argument& e) {
        const std::string why = e.what();  // "selfsame: ..."
        throw std::runtime_error("selfsame: '" + path + "': " + why.substr(why.find(' ') + 1));
      }
    }
  for (const Field& f : fields(run))  // a schedule of which the file says one number
    if (f.name.ends_with(".curve") && find(entries, f.name) == nullptr)
      set(fields(run), f.name + "=constant");
}

}  // namespace

void apply(const Options& o, System& system) {
  const auto set_if = [&](const char* name, const std::string& value) {
    if (!value.empty()) set(system.fields(), std::string(name) + "=" + value);
  };
  if (!o.encoder.empty()) set_encoder(system, o.encoder);
  set_if("epochs", o.epochs);
  if (!o.epochs.empty()) set_if("steps", "0");
  set_if("steps", o.steps);
  set_if("batch", o.batch);
  set_if("chunk", o.chunk);
  for (const std::string& s : o.set) set(system, s);
  if (number(system, "steps") < 0 || number(system, "chunk") < 0 ||
      number(system, "batch_norm_group") < 0)
    throw std::invalid_argument("selfsame: steps, chunk and batch_norm_group must not be negative");
}

Dataset training_images(const Run& run, const Dataset& all) {
  if (!run.system->labelled()) {
    if (run.labels == 0) return all;
    std::vector<std::string_view> takers;
    for (const NamedSystem& s : systems)
      if (s.usual(ImageKind::grey)->labelled()) takers.push_back(s.name);
    throw std::invalid_argument("selfsame: --labels goes with --method " + names_of(takers));
  }
  const Dataset labelled = all.labelled_part();
  if (labelled.size() == 0)
    throw std::invalid_argument("selfsame: none of the " + std::to_string(all.size()) +
                                " images of " + run.data + " has a label");
  constexpr Index usual = 100'000;  // more only where there are as many images
  if (all.classes() > std::max(all.size(), usual))
    throw std::invalid_argument(
        "selfsame: labels of " + run.data + " go up to " + std::to_string(all.classes() - 1) +
        ", of " + std::to_string(all.size()) + " images; classes must be numbered from 0 on");
  return run.labels > 0 ? labels_per_class(labelled, run.labels, run.setup.seed) : labelled;
}

Run new_run(const Options& o, const std::string& folder, const Dataset& train) {
  const auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const NamedSystem& s) { return s.name == o.method; });
  if (found == systems.end()) {
    std::vector<std::string_view> names;
    for (const NamedSystem& s : systems) names.push_back(s.name);
    throw std::invalid_argument("selfsame: --method " + o.method + ": it must be " +
                                names_of(names));
  }
  Run run{{.data = folder, .labels = o.labels}, found->usual(kind_of(train.image())), found->usual};
  run.setup.seed = o.seed;
  const Dataset used = training_images(run, train);
  run.setup.image = used.image();
  run.setup.samples = used.size();
  run.setup.classes = used.classes();
  run.system->set_classes(used.classes());
  apply(o, *run.system);
  return run;
}

void write_run(const fs::path& folder, Run& run) {
  write_file(recipe_file(folder), to_utf8(json(fields(run))) + "\n");
}

Run read_run(const fs::path& folder) {
  const auto path = recipe_file(folder);
  if (!fs::exists(path))
    throw std::invalid_argument("selfsame: " + folder.string() +
                                " holds no training: there is no recipe.json in it");
  const FlatJson entries = read_flat_json(path.string(), read_file(path));
  std::string fault;
  for (const NamedSystem& s : systems) {
    Run run{{}, s.usual(ImageKind::grey), s.usual};
    const std::string other = other_player(entries, run);
    if (fault.empty()) fault = other;
    if (!other.empty()) continue;
    take_numbers(path.string(), entries, run);
    return run;
  }
  throw std::runtime_error("selfsame: '" + path.string() + "': " + fault);
}

Split images_of(const Options& o, Run& run) {
  if (!o.data.empty())
    run.data = find_images(o.data);
  else if (!fs::is_directory(run.data))
    throw std::runtime_error("selfsame: the images that this was trained on were in " + run.data +
                             ", which is no folder now; --data DIR says where they are");
  return load_images(run.data);
}

fs::path folder_of(const std::string& asked) {
  const fs::path path = asked;
  if (!fs::is_regular_file(path)) return path;
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace selfsame::program
