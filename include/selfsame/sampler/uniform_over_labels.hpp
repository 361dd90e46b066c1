/// @file
/// Samples drawn so that every label comes equally often, however many samples it has.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/random.hpp>
#include <selfsame/sampler/sampler.hpp>
#include <selfsame/tensor/view.hpp>

#include <algorithm>
#include <cassert>
#include <vector>

namespace selfsame {

/// The samples of each label. Labels are compacted: those that occur, in ascending order, are
/// 0 ... size() - 1. A negative label is none.
class LabelMembers {
 public:
  template <class D>
  explicit LabelMembers(VectorView<const Index, D> labels) {
    for (const Index y : labels)
      if (y >= 0) ids_.push_back(y);
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    first_.assign(ids_.size() + 1, 0);
    for (const Index y : labels)
      if (y >= 0) ++first_[static_cast<std::size_t>(compact(y)) + 1];
    for (std::size_t k = 0; k < ids_.size(); ++k) first_[k + 1] += first_[k];
    samples_.resize(static_cast<std::size_t>(first_.back()));
    std::vector<Index> next(first_.begin(), first_.end() - 1);
    for (Index i = 0; i < labels.size; ++i)
      if (labels[i] >= 0)
        samples_[static_cast<std::size_t>(next[static_cast<std::size_t>(compact(labels[i]))]++)] =
            i;
  }

  /// How many labels occur.
  Index size() const { return static_cast<Index>(ids_.size()); }
  /// The label that compact label k stands for.
  Index label(Index k) const { return ids_[static_cast<std::size_t>(k)]; }
  /// The compact form of a label; -1 of one that does not occur.
  Index compact(Index label) const {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), label);
    return at != ids_.end() && *at == label ? at - ids_.begin() : Index{-1};
  }
  /// How many samples compact label k has, and the i-th of them in ascending order.
  Index count(Index k) const {
    return first_[static_cast<std::size_t>(k) + 1] - first_[static_cast<std::size_t>(k)];
  }
  Index sample(Index k, Index i) const {
    assert(i >= 0 && i < count(k));
    return samples_[static_cast<std::size_t>(first_[static_cast<std::size_t>(k)] + i)];
  }

 private:
  std::vector<Index> ids_, first_, samples_;
};

/// An epoch of N_s draws in which every label that occurs is drawn
///
///     S = floor(N_s / labels) + 1
///
/// times, with replacement where it has S samples or fewer, else without; all draws are shuffled and
/// the first N_s are kept. So a label misses at most labels S - N_s of its S draws.
///
/// A pure function of (seed, labels, position): ranks take positions of their own. The turn of a
/// draw is its position from the start of training on, so none comes twice.
///
/// @see Caron et al. 2018, arXiv:1807.05520, section 3.3
struct UniformOverLabels {
  using plays = role::Sampler;
  Positive epochs = 1;  ///< N_s as a multiple of the number of samples, rounded down

  /// N_s.
  Index length(Index samples) const {
    return static_cast<Index>(epochs * static_cast<double>(samples));
  }

  /// The draw at `position` of epoch `epoch` of `length` draws.
  /// @param members  of at least one sample
  Draw draw(std::uint64_t seed, const LabelMembers& members, Index epoch, Index length,
            Index position) const {
    assert(members.size() > 0 && position >= 0 && position < length);
    const Index each = length / members.size() + 1;
    const Random order =
        Random(seed, Stream::order, static_cast<std::uint64_t>(epoch)).at("uniform over labels");
    const Index slot = order.at("shuffle").permuted(position, members.size() * each);
    const Index label = slot / each, i = slot % each, count = members.count(label);
    const Random own = order.at(static_cast<std::uint64_t>(members.label(label)));
    const Index which = count <= each ? own.below(i, count) : own.permuted(i, count);
    return {members.sample(label, which), static_cast<std::uint32_t>(epoch * length + position)};
  }

  /// All draws of an epoch; none where no sample has a label.
  template <Device D>
  std::vector<Draw> order(const D&, std::uint64_t seed, Vector<const Index, D> labels,
                          Index epoch) const {
    const LabelMembers members(labels);
    std::vector<Draw> draws;
    const Index n = members.size() > 0 ? length(labels.size) : 0;
    for (Index p = 0; p < n; ++p) draws.push_back(draw(seed, members, epoch, n, p));
    return draws;
  }
  friend bool operator==(const UniformOverLabels&, const UniformOverLabels&) = default;
};

}  // namespace selfsame
