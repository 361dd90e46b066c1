/// @file
/// The demo's result: accuracy of representations, in columns of labels a class.
#pragma once
#include "demo_recipe.hpp"
#include "embeddings.hpp"

#include <selfsame/io/json.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace selfsame::program {

inline constexpr std::array<Index, 3> label_counts = {0, 100, 10};  ///< a class, 0: all

struct Column {
  const char* name;
  std::size_t labels;  ///< of label_counts
  bool linear;
};
inline constexpr std::array<Column, 6> columns = {{{"k-NN all", 0, false},
                                                   {"linear all", 0, true},
                                                   {"k-NN 100", 1, false},
                                                   {"linear 100", 1, true},
                                                   {"k-NN 10", 2, false},
                                                   {"linear 10", 2, true}}};

/// Accuracies of one representation: of each column, one a draw of labels.
struct Row {
  std::string name;
  std::array<std::vector<double>, columns.size()> draws{};

  Spread at(std::size_t column) const { return spread(draws[column]); }
  /// Judges a representation that learned from these labels, or from none of them.
  void judge(const Cpu& device, const Embeddings& train, const Embeddings& test,
             std::size_t labels) {
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].labels == labels)
        draws[c].push_back((columns[c].linear
                                ? linear_accuracy(device, train, test, demo_recipe.probe)
                                : knn_accuracy(device, train, test, demo_recipe.knn))
                               .value());
  }
};

/// Judges one representation with all labels, and with few in each of their draws.
inline Row judged(const std::string& name, const Cpu& device, const Embeddings& train,
                  const Embeddings& test) {
  Row row{.name = name};
  row.judge(device, train, test, 0);
  for (std::size_t l = 1; l < label_counts.size(); ++l)
    for (Index seed = 1; seed <= demo_recipe.draws; ++seed)
      row.judge(device, draw_labels(train, label_counts[l], static_cast<std::uint64_t>(seed)), test,
                l);
  return row;
}

inline std::string table_text(const std::vector<Row>& rows) {
  char cell[64];
  std::snprintf(cell, sizeof cell, "%-16s", "");
  std::string text = cell;
  for (const Column& c : columns) {
    std::snprintf(cell, sizeof cell, "%15s", c.name);
    text += cell;
  }
  for (const Row& r : rows) {
    std::snprintf(cell, sizeof cell, "\n%-16s", r.name.c_str());
    text += cell;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Spread s = r.at(c);
      if (r.draws[c].size() > 1)
        std::snprintf(cell, sizeof cell, "  %.3f +- %.3f", s.mean, s.deviation);
      else
        std::snprintf(cell, sizeof cell, "%15.3f", s.mean);
      text += cell;
    }
  }
  return text + "\n";
}

inline std::string results_json(const std::vector<Row>& rows, double seconds,
                                double images_per_second) {
  JsonArray names;
  for (const Column& c : columns) names.add(c.name);
  JsonObject table;
  for (const Row& r : rows) {
    JsonArray cells;
    for (std::size_t c = 0; c < columns.size(); ++c)
      cells.add(JsonArray().add(r.at(c).mean).add(r.at(c).deviation));
    table.add(r.name, cells);
  }
  return JsonObject()
             .add("columns", names)
             .add("rows", table)
             .add("seconds", seconds)
             .add("images_per_second", images_per_second)
             .text() +
         "\n";
}

/// What SimCLR does not beat, of what the demo promises: an empty list is a success. Rows are in the
/// order of the table.
inline std::vector<std::string> broken_promises(const std::vector<Row>& rows) {
  const Row &raw = rows[0], &random = rows[1], &labels_only = rows[2], &simclr = rows[3];
  std::vector<std::string> broken;
  const auto require = [&](const Row& other, std::size_t c) {
    if (!(simclr.at(c).mean > other.at(c).mean))
      broken.push_back("in column " + std::string(columns[c].name) + " SimCLR does not beat " +
                       other.name);
  };
  for (std::size_t c = 0; c < columns.size(); ++c) {
    require(raw, c);
    require(random, c);
    if (label_counts[columns[c].labels] == 10) require(labels_only, c);
  }
  return broken;
}

}  // namespace selfsame::program
