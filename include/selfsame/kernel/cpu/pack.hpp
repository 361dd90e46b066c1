/// @file
/// Packing: `lines` lines of an operand become a panel, panel[k * lines + line], in which a tile
/// reads forward only. Numbers become Real on the way.
#pragma once
#include <selfsame/kernel/cpu/simd.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// A square of 16 bytes a line, turned: panel[k * lines + line] = line[k].
template <int lines, class Real>
SELFSAME_INLINE inline void pack_square(const Real* const* line, Index k, Real* panel) {
  if constexpr (sizeof(Real) == 4) {
    Simd<Real, 16> a, b, c, d;
    load(line[0] + k, a), load(line[1] + k, b), load(line[2] + k, c), load(line[3] + k, d);
    const Simd<Real, 16> ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Simd<Real, 16> cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Simd<Real, 16> ef = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Simd<Real, 16> gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    c = __builtin_shufflevector(ef, gh, 0, 1, 4, 5);
    d = __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
    store(panel, a), store(panel + lines, b);
    store(panel + 2 * lines, c), store(panel + 3 * lines, d);
  } else {
    Simd<Real, 16> a, b;
    load(line[0] + k, a), load(line[1] + k, b);
    const Simd<Real, 16> ab = __builtin_shufflevector(a, b, 0, 2);
    b = __builtin_shufflevector(a, b, 1, 3);
    store(panel, ab), store(panel + lines, b);
  }
}

}  // namespace internal

/// panel[k * lines + l] = line[l][k] for k < depth: lines that lie along the sum.
template <int lines, class T, class Real>
SELFSAME_INLINE inline void pack_turned(const T* const* line, Index depth, Real* panel) {
  Index k = 0;
  if constexpr (std::is_same_v<T, Real>) {
    constexpr int side = 16 / static_cast<int>(sizeof(Real));
    for (; k + side <= depth; k += side)
      for (int l = 0; l < lines; l += side) {  // the last square overlaps where side divides not
        const int at = l + side <= lines ? l : lines - side;
        internal::pack_square<lines>(line + at, k, panel + k * lines + at);
      }
  }
  for (; k < depth; ++k)
    for (int l = 0; l < lines; ++l) panel[k * lines + l] = static_cast<Real>(line[l][k]);
}

/// panel[l] = from[l] for l < count, and 0 up to `lines`: one k of lines that lie across the sum.
template <int lines, class T, class Real>
SELFSAME_INLINE inline void pack_straight(const T* from, Index count, Real* panel) {
  if (count == lines) {
    if constexpr (std::is_same_v<T, Real>)
      std::memcpy(panel, from, lines * sizeof(Real));
    else
      for (int l = 0; l < lines; ++l) panel[l] = static_cast<Real>(from[l]);
    return;
  }
  for (Index l = 0; l < count; ++l) panel[l] = static_cast<Real>(from[l]);
  for (Index l = count; l < lines; ++l) panel[l] = 0;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
