/// @file
/// Bounds of distances that hold in spite of rounding: what they exclude cannot win.
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// x = sqrt(x), x >= 0 and finite, by Newton's method: four roundings at most. The library's root
/// sets errno, so a compiler does not make vectors of it.
template <class V>
SELFSAME_INLINE inline void square_root(V& x) {
  using R = Lane<V>;
  constexpr bool single = sizeof(R) == 4;
  using Word = std::conditional_t<single, std::uint32_t, std::uint64_t>;
  using Bits = Simd<Word, static_cast<int>(sizeof(V))>;
  constexpr Word magic = static_cast<Word>(single ? 0x5f375a86u : 0x5fe6eb50c7b537a9u);
  Bits bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits = magic - (bits >> 1);
  V y;  // 1 / sqrt(x)
  std::memcpy(&y, &bits, sizeof y);
  const V half = R(0.5) * x;
#pragma GCC unroll 4
  for (int step = 0; step < (single ? 3 : 4); ++step) y *= R(1.5) - half * y * y;
  x *= y;
}

/// What is known of the distance |x - c| from the computed score s of x and c.
///
/// Exactly, |x - c|^2 = |x|^2 + 2 (|c|^2 / 2 - x . c). A score is offset - x . c, computed, with the
/// offset |c|^2 / 2, or 0 where |c| = 1. Its error is at most
///
///     (width + 2) u (|c|^2 / 2 + |x| |c|)  <=  (width + 2) u (M^2 + |x|^2 / 2),
///
/// u the unit roundoff and M the largest |c|: the dot product of `width` terms in any order, with or
/// without fused multiply-adds, the rounded offset and the subtraction. The slack below has
/// 1.02 (width + 32) u: the further 30 units are the roundings of the bound itself, and 2 % the terms
/// of second order. Roots and differences are moved by 16 and 4 units of their own.
/// So where lower(x, s) of some centroids > upper(x, t), each of their scores, computed, is above t.
template <class R>
struct DistanceBounds {
  static constexpr R unit = std::numeric_limits<R>::epsilon() / 2;
  R shift = 0;  ///< 2 (|c|^2 / 2 - offset) as it should be: 0 or 1
  R fixed = 0;  ///< the slack is fixed + share |x|^2
  R share = 0;

  DistanceBounds() = default;
  /// @param largest  M^2
  /// @param astray   the largest ||c|^2 - 1| where the offset is 0, else 0
  DistanceBounds(Index width, double largest, double offset_shift, double astray) {
    const double each = 1.02 * (static_cast<double>(width) + 32) * static_cast<double>(unit);
    const double tiny = (static_cast<double>(width) + 32) *  // where products underflow
                        static_cast<double>(std::numeric_limits<R>::min());
    shift = static_cast<R>(offset_shift);
    fixed = static_cast<R>(1.0001 * (2 * each * largest + astray + tiny));
    share = static_cast<R>(1.0001 * each);
  }

  template <class V>
  SELFSAME_INLINE void upper(const V& square, const V& score, V& bound) const {
    bound = (square + shift + 2 * score) + (fixed + share * square);
    bound = bound > 0 ? bound : V{};
    square_root(bound);
    bound *= 1 + 16 * unit;
  }
  template <class V>
  SELFSAME_INLINE void lower(const V& square, const V& score, V& bound) const {
    bound = (square + shift + 2 * score) - (fixed + share * square);
    bound = bound > 0 ? bound : V{};
    square_root(bound);
    bound *= 1 - 16 * unit;
  }
};

/// What one group of centroids did since the last search, and how far it is.
template <class R>
struct GroupMoved {
  R drift = 0;               ///< no centroid of it moved farther
  const R* apart = nullptr;  ///< apart[k]: none of it is nearer to centroid k; or null
};

/// The rows that a group may win: list[0 ... result), in ascending order.
///
///     lower[i] <- max(lower[i] - drift, apart[nearest[i]] - upper[i]),   kept out where > upper[i]
///
/// @param lower  of `rows` rows, overwritten; `known` says whether it holds last time's
/// @param skip   rows i with mine[i] == skip are left out
template <class R>
Index possible_rows(GroupMoved<R> group, bool known, R* lower, const R* upper, const Index* nearest,
                    const std::int32_t* mine, std::int32_t skip, Index rows, R* gathered,
                    std::int32_t* list) {
  if (group.apart != nullptr)
    for (Index i = 0; i < rows; ++i) gathered[i] = group.apart[nearest[i]];
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    each_vector<V>(rows, [&](Index i, Index n) SELFSAME_INLINE {
      V bound = {};
      if (known) {
        load_some(lower + i, n, bound);
        bound -= group.drift;
      }
      if (group.apart != nullptr) {
        V far, own;
        load_some(gathered + i, n, far);
        load_some(upper + i, n, own);
        far -= own;
        bound = far > bound ? far : bound;
      }
      bound *= 1 - 4 * DistanceBounds<R>::unit;
      store_some(lower + i, n, bound);
    });
  });
  Index found = 0;
  for (Index i = 0; i < rows; ++i) {
    list[found] = static_cast<std::int32_t>(i);
    found += static_cast<Index>(!(lower[i] > upper[i])) & static_cast<Index>(mine[i] != skip);
  }
  return found;
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
