/// @file
/// selfsame report: finds what a run's folder has, for one page.
#include "evaluated.hpp"
#include "flat_json.hpp"
#include "html.hpp"
#include "images.hpp"
#include "png.hpp"
#include "report_page.hpp"
#include "sheet.hpp"
#include "starts.hpp"

#include <selfsame/eval/pca.hpp>

#include <map>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

constexpr Index sheet_rows = 6, sheet_views = 8;  // of the page
constexpr Index embedded = 10000;                 // images at most

// What `find` finds, or why it does not.
template <class F>
auto part(F&& find) -> Part<decltype(find())> {
  try {
    return {find(), ""};
  } catch (const std::exception& e) {
    const std::string why = e.what();
    return {std::nullopt, why.starts_with("selfsame: ") ? why.substr(10) : why};
  }
}

[[noreturn]] void absent(const std::string& file, const std::string& hint) {
  throw std::runtime_error("There is no " + file + " in this folder" + hint + ".");
}

// The columns of a CSV file of numbers, by name; a torn last line is left out.
std::map<std::string, std::vector<double>> read_columns(const fs::path& path) {
  const auto lines = read_lines(path);
  const auto split = [](const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
    return cells;
  };
  std::map<std::string, std::vector<double>> columns;
  if (lines.empty()) return columns;
  const auto names = split(lines[0]);
  for (std::size_t l = 1; l < lines.size(); ++l) {
    const auto cells = split(lines[l]);
    if (cells.size() != names.size()) continue;
    for (std::size_t c = 0; c < cells.size(); ++c)
      columns[names[c]].push_back(std::strtod(cells[c].c_str(), nullptr));
  }
  return columns;
}

// Of `pretrain`, else of the demo.
fs::path log_file(const fs::path& folder) {
  return fs::exists(folder / "log.csv") ? folder / "log.csv" : folder / "loss.csv";
}

std::vector<Curve> read_curves(const fs::path& folder) {
  const fs::path log = log_file(folder);
  if (!fs::exists(log)) absent("log.csv", ", so there are no curves");
  auto columns = read_columns(log);
  if (columns["step"].empty()) throw std::runtime_error("The log has no entries yet.");
  const auto& steps = columns["step"];
  std::vector<Curve> curves{
      {"Loss", "nats", steps, columns["loss"], true, false},
      {"Learning rate", "", steps, columns["rate"], false, true},
      {"Speed", "images a second", steps, columns["images_per_second"], true, true}};
  if (fs::exists(folder / "probe.csv")) {
    auto probe = read_columns(folder / "probe.csv");
    curves.push_back({"k-NN accuracy", "of training images", probe["step"], probe["knn_accuracy"],
                      false, false});
  }
  std::erase_if(
      curves, [](const Curve& c) { return c.steps.empty() || c.values.size() != c.steps.size(); });
  return curves;
}

// The last entry of the log: steps and seconds.
std::pair<double, double> read_end(const fs::path& folder) {
  auto columns = read_columns(log_file(folder));
  const auto last = [&](const char* name) {
    return columns[name].empty() ? 0 : columns[name].back();
  };
  return {last("step"), last("seconds")};
}

// The objects of a file of JSON lines.
std::vector<FlatJson> read_json_lines(const fs::path& path) {
  std::vector<FlatJson> all;
  const auto lines = read_lines(path);
  for (std::size_t l = 0; l < lines.size(); ++l)
    all.push_back(read_flat_json(path.string() + ", line " + std::to_string(l + 1), lines[l]));
  return all;
}

// Takes an entry out of an object; "" where it is not there.
std::string take(FlatJson& object, const std::string& name) {
  const auto it =
      std::find_if(object.begin(), object.end(), [&](const auto& e) { return e.first == name; });
  if (it == object.end()) return "";
  std::string value = it->second;
  object.erase(it);
  return value;
}
double take_real(FlatJson& object, const std::string& name) {
  return std::strtod(take(object, name).c_str(), nullptr);
}
Index take_index(FlatJson& object, const std::string& name) {
  return std::strtoll(take(object, name).c_str(), nullptr, 10);
}

std::vector<Evaluation> read_evaluations(const fs::path& folder) {
  if (!fs::exists(evaluations_file(folder)))
    throw std::runtime_error(
        "This run was not evaluated yet: selfsame knn and selfsame probe with --checkpoint keep "
        "their results in its folder.");
  std::vector<Evaluation> all;
  for (FlatJson& object : read_json_lines(evaluations_file(folder))) {
    Evaluation e{.judge = take(object, "judge"),
                 .data = take(object, "data"),
                 .accuracy = take_real(object, "accuracy"),
                 .low = take_real(object, "low"),
                 .high = take_real(object, "high"),
                 .images = take_index(object, "images"),
                 .labels = take_index(object, "labels"),
                 .labels_a_class = take_index(object, "labels_a_class"),
                 .step = take_index(object, "step")};
    const std::string seed = take(object, "seed");
    if (e.labels_a_class > 0) e.numbers = "draw " + seed;
    for (const auto& [name, value] : object)
      e.numbers += (e.numbers.empty() ? "" : ", ") + name + " " + value;
    all.push_back(std::move(e));
  }
  return all;
}

DemoTable read_table(const fs::path& folder) {
  const fs::path file = folder / "results.json";
  if (!fs::exists(file)) throw std::runtime_error("");
  const auto results = parse_json<nlohmann::ordered_json>(read_file(file), file.string());
  DemoTable table;
  for (const auto& name : results.at("columns")) table.columns.push_back(name);
  for (const auto& [name, cells] : results.at("rows").items()) {
    auto& row = table.rows.emplace_back(name, std::vector<std::pair<double, double>>()).second;
    for (const auto& cell : cells) row.emplace_back(cell.at(0), cell.at(1));
  }
  return table;
}

std::vector<Start> read_starts(const fs::path& folder) {
  if (!fs::exists(starts_file(folder)))
    absent("starts.jsonl", ": when and on what machine it was trained is not known");
  std::vector<Start> all;
  for (FlatJson& object : read_json_lines(starts_file(folder)))
    all.push_back({.step = take_index(object, "step"),
                   .time = take(object, "time"),
                   .version = take(object, "version"),
                   .cpu = take(object, "cpu"),
                   .threads = take(object, "threads"),
                   .instructions = take(object, "instructions"),
                   .compiler = take(object, "compiler")});
  return all;
}

// Some columns of tiles as a picture.
std::string picture(const Sheet& sheet, Index first, Index count) {
  const Index tile = sheet.image.width * sheet.image.channels;
  Rows<Cpu> part(sheet.pixels.rows, count * tile);
  for (Index r = 0; r < part.rows; ++r)
    std::copy_n(sheet.pixels.in().row(r) + first * tile, part.cols, part.out().row(r));
  return png(part.in(), sheet.image.channels);
}

ViewSheet find_views(const Run& run, const Dataset& train) {
  const Index channels = train.image().channels;
  if (channels != 1 && channels != 3)
    throw std::runtime_error("Images of " + std::to_string(channels) + " channels are not drawn.");
  const Sheet sheet = draw_sheet(train, run.system->augmenter(train.image(), Pixel::plain),
                                 run.setup.seed, one_of_each_class(train, sheet_rows), sheet_views);
  return {.images = picture(sheet, 0, 1),
          .views = picture(sheet, 1, sheet_views),
          .rows = static_cast<Index>(sheet.labels.size()),
          .columns = sheet.columns,
          .height = sheet.image.height,
          .width = sheet.image.width,
          .labels = sheet.labels};
}

EmbeddingScatter find_embeddings(const Split& images, Evaluated& encoder, const Cpu& device) {
  const bool tested = images.test.size() > 0;
  const Dataset& all = tested ? images.test : images.train;
  const Dataset some = all.first(std::min(all.size(), embedded));
  const Embeddings e = encoder.embed(some);
  require_finite(e, tested ? "test" : "train");
  Workspace scratch;
  const auto scatter = pca(device, scratch, e.rows.in());
  EmbeddingScatter result{.of = (some.size() < all.size() ? "the first " : "") +
                                grouped(some.size()) +
                                (tested ? " test images" : " training images"),
                          .labels = some.labels(),
                          .names = some.names(),
                          .explained = {scatter.explained[0], scatter.explained[1]},
                          .collapse = collapse(device, scratch, e.rows.in()),
                          .width = e.rows.cols};
  for (Index i = 0; i < some.size(); ++i) {
    result.x.push_back(static_cast<double>(scatter.points.in()(i, 0)));
    result.y.push_back(static_cast<double>(scatter.points.in()(i, 1)));
  }
  return result;
}

// The entries of a recipe, with what they are by default where that differs.
std::vector<RecipeEntry> compare(System& system, System& usual) {
  std::vector<RecipeEntry> all;
  const std::vector<Field> usually = usual.fields();
  for (const Field& f : system.fields()) {
    RecipeEntry e{.name = f.name, .value = f.value(), .player = f.is_player()};
    const auto same = std::find_if(usually.begin(), usually.end(),
                                   [&](const Field& u) { return u.name == f.name; });
    if (same == usually.end())
      e.usual = "none";
    else if (same->text != f.text)
      e.usual = same->value();
    all.push_back(std::move(e));
  }
  return all;
}

RunPage page_of(const Options& o, const fs::path& folder, Run& run) {
  const Cpu device{.threads = o.threads};
  const ResNet& network = run.system->encoder();
  const ImageKind kind = kind_of(run.setup.image);
  RunPage page{.method = run.system->title(),
               .encoder = "ResNet-" + detail::text(network.depth) +
                          (network.width == 1 ? "" : ", width × " + detail::text(network.width)),
               .image = std::to_string(run.setup.image.height) + " × " +
                        std::to_string(run.setup.image.width) +
                        (kind == ImageKind::grey ? ", grey" : ", colour"),
               .hash = hexadecimal(run.system->hash()),
               .samples = run.setup.samples,
               .classes = run.setup.classes,
               .seed = run.setup.seed};
  page.curves = part([&] { return read_curves(folder); });
  if (page.curves.found) {
    const auto [steps, seconds] = read_end(folder);
    page.seconds = seconds;
    if (seconds > 0) page.speed = steps * number(*run.system, "batch") / seconds;
  }
  page.evaluations = part([&] { return read_evaluations(folder); });
  page.table = part([&] { return read_table(folder); });
  page.recipe = compare(*run.system, *run.usual(kind));
  page.starts = part([&] { return read_starts(folder); });

  Evaluated encoder(run, o.threads);
  page.progress = part([&] {
    const Progress progress = encoder.load(checkpoint_file(folder));
    return std::pair{progress.step, progress.steps};
  });
  const auto images = part([&] {
    Split split = images_of(o, run);
    if (!(split.train.image() == run.setup.image))
      throw std::runtime_error(run.data + " now has images of " + to_string(split.train.image()) +
                               ", the training was on " + to_string(run.setup.image) + ".");
    return split;
  });
  page.data = run.data;
  if (images.found) {
    page.views = part([&] { return find_views(run, images.found->train); });
    if (page.progress.found)
      page.embeddings = part([&] { return find_embeddings(*images.found, encoder, device); });
    else
      page.embeddings.missing = page.progress.missing;
  } else {
    page.views.missing = page.embeddings.missing = images.missing;
    std::fprintf(stderr, "selfsame: %s\n", images.missing.c_str());
  }
  return page;
}

}  // namespace

int report(const Options& o) {
  const fs::path folder = folder_of(o.checkpoint);
  Run run = read_run(folder);
  if (!o.data.empty()) run.data = find_images(o.data);  // a misspelt one ends it
  const RunPage page = page_of(o, folder, run);
  const fs::path out = o.out.empty() ? folder / "report.html" : fs::path(o.out);
  write_file(out, report_page(page));
  std::printf("%s: one page, which needs no other file\n", out.c_str());
  return 0;
}

}  // namespace selfsame::program
