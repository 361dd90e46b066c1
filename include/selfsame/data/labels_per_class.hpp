/// @file
/// Few labels, the same number for each class.
#pragma once
#include <selfsame/core/random.hpp>
#include <selfsame/data/dataset.hpp>

#include <algorithm>
#include <map>

namespace selfsame {

/// `count` samples of each class, as a subset in the order of the data set.
///
/// Each sample has a random number that is a function of (seed, sample) alone; the samples of a
/// class with the smallest ones are taken. So the samples of a smaller count are among those of a
/// larger one, for one seed, and two seeds agree by chance only. A class without any labelled sample is left
/// out. Throws std::invalid_argument where a class has some, but fewer than `count`.
inline Dataset labels_per_class(const Dataset& dataset, Index count, std::uint64_t seed) {
  using Ticket = std::pair<std::uint64_t, Index>;
  std::map<Index, std::vector<Ticket>> classes;
  for (Index i = 0; i < dataset.size(); ++i) {
    if (dataset.label(i) < 0) continue;
    const auto bits = Random(seed, Stream::labels, 0, Key{{i, 0}, 0, 0}).bits(0);
    classes[dataset.label(i)].emplace_back(std::uint64_t{bits[0]} << 32 | bits[1], i);
  }
  std::vector<Index> samples;
  for (auto& [c, tickets] : classes) {
    if (count < 0 || static_cast<Index>(tickets.size()) < count)
      throw std::invalid_argument("selfsame: class " + std::to_string(c) + " has " +
                                  std::to_string(tickets.size()) + " labelled samples, asked for " +
                                  std::to_string(count));
    std::sort(tickets.begin(), tickets.end());
    for (Index i = 0; i < count; ++i)
      samples.push_back(tickets[static_cast<std::size_t>(i)].second);
  }
  std::sort(samples.begin(), samples.end());
  return dataset.subset(samples);
}

}  // namespace selfsame
