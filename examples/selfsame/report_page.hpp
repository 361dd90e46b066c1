/// @file
/// What a report shows of a run. report.cpp finds it, report_page.cpp draws it.
#pragma once
#include <selfsame/eval/collapse.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace selfsame::program {

/// A part of a page, or the sentence that stands in its place.
template <class T>
struct Part {
  std::optional<T> found{};
  std::string missing{};
};

/// A number of the log over steps; what is not finite is not drawn.
struct Curve {
  std::string title{}, unit{};
  std::vector<double> steps{}, values{};
  bool noisy = false;      ///< a running mean is drawn over the values
  bool from_zero = false;  ///< the axis begins there
};

/// Accuracy as knn and probe measured it.
struct Evaluation {
  std::string judge{}, data{}, numbers{};
  double accuracy = 0, low = 0, high = 0;
  Index images = 0, labels = 0, labels_a_class = 0, step = 0;
};

/// The demo's table: mean and deviation of each column.
struct DemoTable {
  std::vector<std::string> columns{};
  std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>> rows{};
};

/// Images, one below the other, and views, a row for each image: PNGs.
struct ViewSheet {
  std::string images{}, views{};
  Index rows = 0, columns = 0;  ///< of tiles, the image's column included
  Index height = 0, width = 0;  ///< of a tile, in pixels
  std::vector<std::string> labels{};
};

/// Representations of images along their first two principal components.
struct EmbeddingScatter {
  std::string of{};  ///< "10,000 test images"
  std::vector<double> x{}, y{};
  std::vector<Index> labels{};  ///< -1: unlabelled
  std::vector<std::string> names{};
  double explained[2] = {0, 0};  ///< share of the variance
  Collapse collapse{};
  Index width = 0;  ///< of a representation
};

/// A number or a player of the recipe, by name; `usual` is what it is by default, where it differs.
struct RecipeEntry {
  std::string name{}, value{};
  bool player = false;  ///< of a role: its type
  std::optional<std::string> usual{};
};

/// A start of the training, or a resume.
struct Start {
  Index step = 0;
  std::string time{}, version{}, cpu{}, threads{}, instructions{}, compiler{};
};

struct RunPage {
  std::string method{}, encoder{}, data{}, image{}, hash{};
  Index samples = 0, classes = 0;
  std::uint64_t seed = 0;
  Part<std::vector<Curve>> curves{};
  double seconds = 0, speed = 0;             ///< of training, as the log says; images a second
  Part<std::pair<Index, Index>> progress{};  ///< steps done, of all
  Part<std::vector<Evaluation>> evaluations{};
  Part<DemoTable> table{};  ///< of a run that the demo made; else nothing is missing
  Part<ViewSheet> views{};
  Part<EmbeddingScatter> embeddings{};
  std::vector<RecipeEntry> recipe{};
  Part<std::vector<Start>> starts{};
};

/// The page, whole: HTML with its style and pictures inside, which loads nothing and runs no script.
std::string report_page(const RunPage& run);

}  // namespace selfsame::program
