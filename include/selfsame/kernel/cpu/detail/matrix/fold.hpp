/// @file
/// Sums of the lanes of four vectors at once.
#pragma once
#include <selfsame/kernel/cpu/simd.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

template <class V, class Half, std::size_t... i>
SELFSAME_INLINE inline void add_halves(const V& v, Half& sum, std::index_sequence<i...>) {
  constexpr int half = static_cast<int>(sizeof...(i));
  sum = __builtin_shufflevector(v, v, static_cast<int>(i)...) +
        __builtin_shufflevector(v, v, (half + static_cast<int>(i))...);
}

/// to[i] = the sum of the lanes of v[i], i < 4; vectors are folded by halves down to 16 bytes, then
/// turned, which is less than half the work of four sums of lanes.
template <class V>
SELFSAME_INLINE inline void fold_four(const V (&v)[4], Lane<V>* to) {
  if constexpr (sizeof(V) > 16) {
    using Half = Simd<Lane<V>, static_cast<int>(sizeof(V)) / 2>;
    Half half[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) add_halves(v[i], half[i], std::make_index_sequence<width<Half>>{});
    fold_four(half, to);
  } else if constexpr (width<V> == 4) {
    const V ab = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5) +
                 __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
    const V cd = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5) +
                 __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
    store(to, V(__builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
                __builtin_shufflevector(ab, cd, 2, 3, 6, 7)));
  } else {
    for (int i = 0; i < 4; i += 2)
      store(to + i, V(__builtin_shufflevector(v[i], v[i + 1], 0, 2) +
                      __builtin_shufflevector(v[i], v[i + 1], 1, 3)));
  }
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
