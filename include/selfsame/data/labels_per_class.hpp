/// @file
/// Few labels, the same number for each class.
#pragma once
#include <selfsame/core/random.hpp>
#include <selfsame/data/dataset.hpp>

#include <algorithm>
#include <map>

namespace selfsame {

/// `count` rows of each class, as their numbers in rising order.
///
/// Each row has a random number that is a function of (seed, row) alone; the rows of a class with the
/// smallest ones are taken. So the rows of a smaller count are among those of a larger one, for one
/// seed, and two seeds agree by chance only. A class without any labelled row is left out.
///
/// @param labels  in [0, classes), -1: the row is not looked at
/// @param names   of the classes, for messages
/// @throws std::invalid_argument  where a class has some, but fewer rows, or a label is none of these
inline std::vector<Index> labels_per_class(std::span<const Index> labels, Index classes,
                                           Index count, std::uint64_t seed,
                                           const std::vector<std::string>& names = {}) {
  using Ticket = std::pair<std::uint64_t, Index>;
  std::map<Index, std::vector<Ticket>> tickets;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const auto i = static_cast<Index>(k);
    if (labels[k] < -1 || labels[k] >= classes)
      throw std::invalid_argument("selfsame: label " + std::to_string(k) + " is " +
                                  std::to_string(labels[k]) + "; it must be -1 or in [0, " +
                                  std::to_string(classes) + ")");
    if (labels[k] < 0) continue;
    const auto bits = Random(seed, Stream::labels, 0, Key{{i, 0}, 0, 0}).bits(0);
    tickets[labels[k]].emplace_back(std::uint64_t{bits[0]} << 32 | bits[1], i);
  }
  std::vector<Index> rows;
  for (auto& [c, mine] : tickets) {
    if (count < 0 || static_cast<Index>(mine.size()) < count)
      throw std::invalid_argument("selfsame: class " + std::to_string(c) +
                                  (c < static_cast<Index>(names.size())
                                       ? " ('" + names[static_cast<std::size_t>(c)] + "')"
                                       : "") +
                                  " has " + std::to_string(mine.size()) +
                                  " labelled samples, asked for " + std::to_string(count));
    std::sort(mine.begin(), mine.end());
    for (Index i = 0; i < count; ++i) rows.push_back(mine[static_cast<std::size_t>(i)].second);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The same of a data set, as a subset in its order.
inline Dataset labels_per_class(const Dataset& dataset, Index count, std::uint64_t seed) {
  return dataset.subset(
      labels_per_class(dataset.labels(), dataset.classes(), count, seed, dataset.names()));
}

}  // namespace selfsame
