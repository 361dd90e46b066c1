/// @file
/// Sums of the rows of each cluster, exact, so that the order of adding, threads and ranks do not
/// matter, and a row that moves is subtracted without a trace.
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>

#include <bit>
#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Numbers as whole multiples of a power of two, added as integers.
struct FixedPoint {
  double scale = 1;    ///< a power of two
  double quantum = 1;  ///< 1 / scale

  /// For sums of up to `rows` numbers of magnitude up to `largest`. A number is rounded by half of
  /// largest 2^-50 (2^-42 of a million rows) at most: floats within 2^-26 of the largest are exact.
  static FixedPoint of(double largest, Index rows) {
    if (!(largest > 0)) return {};
    const int bits = std::min(50, 62 - static_cast<int>(std::bit_width(
                                           static_cast<std::uint64_t>(std::max<Index>(rows, 1)))));
    const int power = std::clamp(bits - std::ilogb(largest) - 1, -1000, 1000);
    return {std::ldexp(1.0, power), std::ldexp(1.0, -power)};
  }
};

/// For each row n with from[n] != to[n]: sums[from[n]] -= x_n, sums[to[n]] += x_n, and the counts
/// follow; a negative label is no cluster. Returns how many rows that are.
///
/// @param sums    (K, width) multiples of at.quantum
/// @param counts  (K)
template <class R, class A, class D = BasicCpu<R, A>>
Index move_members(const BasicCpu<R, A>& device, In<D> x, Vector<const Index, D> from,
                   Vector<const Index, D> to, FixedPoint at, MatrixView<Index, D> sums,
                   Vector<Index, D> counts) {
  assert(from.size == x.rows && to.size == x.rows && sums.cols == x.cols);
  assert(sums.rows == counts.size);
  Index moved = 0;
  for (Index r = 0; r < x.rows; ++r) {
    if (from[r] == to[r]) continue;
    ++moved;
    if (from[r] >= 0) --counts[from[r]];
    if (to[r] >= 0) ++counts[to[r]];
  }
  if (moved == 0) return 0;
  // Cut over columns: a task owns its part of all sums.
  parallel_pieces(device, x.cols, Index{64}, [&](Index first, Index cols) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<double, decltype(bytes)::value>;
      using Whole = Simd<Index, decltype(bytes)::value>;
      constexpr double magic = 0x1.8p52;  // what is added to it is rounded to a whole number
      const V shift = V{} + magic;
      Whole zero;
      std::memcpy(&zero, &shift, sizeof zero);
      for (Index r = 0; r < x.rows; ++r) {
        if (from[r] == to[r]) continue;
        Index* const less = from[r] >= 0 ? sums.row(from[r]) + first : nullptr;
        Index* const more = to[r] >= 0 ? sums.row(to[r]) + first : nullptr;
        each_vector<V>(cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v;
          load_some(x.row(r) + first + c, n, v);
          v = v * at.scale + shift;
          Whole whole, sum;
          std::memcpy(&whole, &v, sizeof whole);
          whole -= zero;
          if (less != nullptr) {
            load_some(less + c, n, sum);
            sum -= whole;
            store_some(less + c, n, sum);
          }
          if (more != nullptr) {
            load_some(more + c, n, sum);
            sum += whole;
            store_some(more + c, n, sum);
          }
        });
      }
    });
  });
  return moved;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
