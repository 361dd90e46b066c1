/// @file
/// The compiler's vector types, which have arithmetic, comparisons and `?:`. Vectors travel by
/// reference: their calling convention differs between instruction sets.
#pragma once
#include <selfsame/kernel/cpu/isa.hpp>
#include <selfsame/tensor/bfloat16.hpp>

#include <cstring>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {
template <class T, int bytes>
struct SimdType {
  typedef T type __attribute__((vector_size(bytes)));
};
}  // namespace internal

/// `bytes` of T, added and multiplied lane by lane.
template <class T, int bytes>
using Simd = typename internal::SimdType<T, bytes>::type;

template <class V>
using Lane = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
template <class V>
inline constexpr int width = static_cast<int>(sizeof(V) / sizeof(Lane<V>));

/// v = p[0 .. width), converted where the number types differ. No alignment is asked for.
template <class T, class V>
SELFSAME_INLINE inline void load(const T* p, V& v) {
  if constexpr (std::is_same_v<T, Lane<V>>) {
    std::memcpy(&v, p, sizeof v);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    Simd<std::uint16_t, width<V> * 2> stored;
    std::memcpy(&stored, p, sizeof stored);
    using Bits = Simd<std::uint32_t, width<V> * 4>;
    const Bits bits = __builtin_convertvector(stored, Bits) << 16;
    Simd<float, width<V> * 4> x;
    std::memcpy(&x, &bits, sizeof x);
    v = __builtin_convertvector(x, V);
  } else {
    Simd<T, width<V>* static_cast<int>(sizeof(T))> stored;
    std::memcpy(&stored, p, sizeof stored);
    v = __builtin_convertvector(stored, V);
  }
}

/// p[0 .. width) = v, converted.
template <class T, class V>
SELFSAME_INLINE inline void store(T* p, const V& v) {
  if constexpr (std::is_same_v<T, Lane<V>>) {
    std::memcpy(p, &v, sizeof v);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    using Float = Simd<float, width<V> * 4>;
    using Bits = Simd<std::uint32_t, width<V> * 4>;
    const Float x = __builtin_convertvector(v, Float);
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    const Bits nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    bits = (bits & 0x7fffffffu) > 0x7f800000u ? ((bits >> 16) | 0x40u) : nearest;
    const auto half = __builtin_convertvector(bits, Simd<std::uint16_t, width<V> * 2>);
    std::memcpy(static_cast<void*>(p), &half, sizeof half);
  } else {
    using Stored = Simd<T, width<V>* static_cast<int>(sizeof(T))>;
    const Stored stored = __builtin_convertvector(v, Stored);
    std::memcpy(p, &stored, sizeof stored);
  }
}

/// The first n lanes, n <= width; the others are 0.
template <class T, class V>
SELFSAME_INLINE inline void load_some(const T* p, Index n, V& v) {
  if (n == width<V>) return load(p, v);
  T lanes[width<V>] = {};
  std::memcpy(lanes, p, static_cast<std::size_t>(n) * sizeof(T));
  load(lanes, v);
}

/// The first n lanes only.
template <class T, class V>
SELFSAME_INLINE inline void store_some(T* p, Index n, const V& v) {
  if (n == width<V>) return store(p, v);
  T lanes[width<V>];
  store(lanes, v);
  std::memcpy(static_cast<void*>(p), lanes, static_cast<std::size_t>(n) * sizeof(T));
}

/// f(first, count) for `size` numbers by vectors; the last may be part of one. `f` is inlined twice,
/// once with a count that the compiler knows to be the width.
template <class V, class F>
SELFSAME_INLINE inline void each_vector(Index size, F&& f) {
  Index i = 0;
  for (; i + width<V> <= size; i += width<V>) f(i, Index{width<V>});
  if (i < size) f(i, size - i);
}

/// The lanes added up by halves.
template <class V>
SELFSAME_INLINE inline Lane<V> sum_of(const V& v) {
  Lane<V> lanes[width<V>];
  store(lanes, v);
#pragma GCC unroll 4
  for (int half = width<V> / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

/// The largest lane. A NaN may or may not win: `nan_of`.
template <class V>
SELFSAME_INLINE inline Lane<V> max_of(const V& v) {
  Lane<V> lanes[width<V>];
  store(lanes, v);
  Lane<V> top = lanes[0];
  for (int i = 1; i < width<V>; ++i) top = top < lanes[i] ? lanes[i] : top;
  return top;
}

/// NaN where a lane is one, else 0: what a maximum would drop.
template <class V>
SELFSAME_INLINE inline Lane<V> nan_of(const V& v) {
  return sum_of(V(v == v ? V{} : v));
}

/// x = max(x, 0). A NaN stays, so the comparison is not x > 0; -0 becomes 0.
template <class V>
SELFSAME_INLINE inline void rectify(V& x) {
  x = x <= 0 ? V{} : x;
}
/// dy becomes 0 where x <= 0 and stays elsewhere, also where x is NaN, as in PyTorch: the gradient of `rectify`.
template <class V>
SELFSAME_INLINE inline void rectify_gradient(const V& x, V& dy) {
  dy = x <= 0 ? V{} : dy;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
