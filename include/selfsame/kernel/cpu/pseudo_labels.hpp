/// @file
/// What a row of logits says most, and how sure it is.
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {

/// What became of rows that somebody labels.
struct LabelCount {
  Index kept = 0;       ///< rows with a label
  Index undefined = 0;  ///< rows that hold a NaN, or are infinite: they have none
  Index first = -1;     ///< of these the first, or -1
  LabelCount& operator+=(const LabelCount& other) {
    kept += other.kept;
    undefined += other.undefined;
    if (first < 0) first = other.first;  // sums come in the order of rows
    return *this;
  }
};

inline namespace SELFSAME_FLAGS {

namespace internal {

/// Whether a comparison held in any lane.
template <class Mask>
SELFSAME_INLINE inline bool any_of(const Mask& mask) {
  std::uint64_t words[sizeof(Mask) / 8], all = 0;
  std::memcpy(words, &mask, sizeof words);
  for (const std::uint64_t w : words) all |= w;
  return all != 0;
}

/// Where `x` first stands in a row, or -1.
template <class V, class T>
SELFSAME_INLINE inline Index first_of(const T* row, Index cols, Lane<V> x) {
  constexpr Index block = 8 * width<V>;
  Index c = 0;
  for (; c + block <= cols; c += block) {  // which block, then where in it
    auto hit = V{} != V{};
    for (Index i = 0; i < block; i += width<V>) {
      V v;
      load(row + c + i, v);
      hit |= v == x;
    }
    if (any_of(hit)) break;
  }
  for (; c < cols; ++c)
    if (static_cast<Lane<V>>(row[c]) == x) return c;
  return -1;
}

/// Whether a row holds a NaN.
template <class V, class T>
SELFSAME_INLINE inline bool any_nan(const T* row, Index cols) {
  auto found = V{} != V{};
  Index c = 0;
  for (; c + width<V> <= cols; c += width<V>) {
    V v;
    load(row + c, v);
    found |= v != v;
  }
  bool rest = false;
  for (; c < cols; ++c) rest |= static_cast<Lane<V>>(row[c]) != static_cast<Lane<V>>(row[c]);
  return any_of(found) || rest;
}

}  // namespace internal

/// labels[r] = arg max_c x(r, c), the lowest c of several; -1 where a row holds a NaN or nothing.
template <class R, class A, class D = BasicCpu<R, A>>
LabelCount row_arg_max(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x,
                       Vector<Index, D> labels) {
  assert(labels.size == x.rows);
  return internal::sum_rows<LabelCount>(
      device, scratch, x.rows, x.cols, 0, [&](auto lanes, Index i, R*) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const bool undefined = internal::any_nan<V>(x.row(i), x.cols);
        const R top = internal::row_top<V>(x.row(i), x.cols);
        labels[i] = undefined ? -1 : internal::first_of<V>(x.row(i), x.cols, top);
        return LabelCount{labels[i] >= 0, undefined, undefined ? i : -1};
      });
}

/// Labels where the softmax is sure of them, else -1:
///
///     labels[r] = arg max_c x(r, c)   where   max_c softmax(x_r)_c >= threshold
///
/// The comparison is of Real numbers and inclusive; of equal logits the lowest class wins. A row
/// with a NaN or a +infinity has no softmax and no label, whatever the threshold.
///
/// @param threshold    in [0, 1]; 0 labels every row
/// @param confidences  empty, or (rows): max_c softmax(x_r)_c, overwritten
template <class R, class A, class D = BasicCpu<R, A>>
LabelCount pseudo_labels(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x,
                         Real<D> threshold, Vector<Index, D> labels,
                         Vector<Real<D>, D> confidences = {}) {
  assert(labels.size == x.rows);
  assert(confidences.size == 0 || confidences.size == x.rows);
  return internal::sum_rows<LabelCount>(
      device, scratch, x.rows, x.cols, 0, [&](auto lanes, Index i, R*) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const R top = internal::row_top<V>(x.row(i), x.cols);
        const R sure = 1 / internal::row_exp<V, A>(x.row(i), x.cols, top, R(1), nullptr);
        const bool undefined = sure != sure, keep = sure >= threshold && x.cols > 0;
        labels[i] = keep ? internal::first_of<V>(x.row(i), x.cols, top) : -1;
        if (confidences.size > 0) confidences[i] = sure;
        return LabelCount{keep, undefined, undefined ? i : -1};
      });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
