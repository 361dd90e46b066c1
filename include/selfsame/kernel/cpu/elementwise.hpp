/// @file
/// Arithmetic on vectors, number by number.
#pragma once
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/kernel/cpu/simd.hpp>
#include <selfsame/tensor/view.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Numbers a task of a memory-bound loop has.
inline constexpr Index map_piece = 16384;

namespace internal {
// A constant is read; what is not constant is read and written.
template <class T, class V>
SELFSAME_INLINE inline void store_back(T* p, Index n, const V& v) {
  if constexpr (!std::is_const_v<T>) store_some(p, n, v);
}
template <class V, class F, class... T, std::size_t... i>
SELFSAME_INLINE inline void map_vectors(Index size, F& f, std::index_sequence<i...>, T*... p) {
  each_vector<V>(size, [&](Index first, Index count) SELFSAME_INLINE {
    V v[sizeof...(T)];
    (load_some(p + first, count, v[i]), ...);
    f(v[i]...);
    (store_back(p + first, count, v[i]), ...);
  });
}
}  // namespace internal

/// Calls f on vectors of Real that hold p[i ...], and stores those whose pointer is not to const:
///
///     map(device, n, [=](auto& x, auto& y) SELFSAME_INLINE { y += a * x; }, x.data, y.data);
///
/// in parallel pieces, for the instruction set in use.
template <class R, class A, class F, class... T>
void map(const BasicCpu<R, A>& device, Index size, F f, T*... p) {
  parallel_pieces(device, size, map_piece, [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      internal::map_vectors<Simd<R, decltype(bytes)::value>>(
          count, f, std::index_sequence_for<T...>{}, (p + first)...);
    });
  });
}

/// to += step * (from - to). Vectors of equal size, not overlapping.
template <class R, class A, class D = BasicCpu<R, A>>
void lerp(const BasicCpu<R, A>& device, Vector<const Real<D>, D> from, Real<D> step,
          Vector<Real<D>, D> to) {
  assert(from.size == to.size);
  map(
      device, to.size, [step](auto& x, auto& y) SELFSAME_INLINE { y += step * (x - y); }, from.data,
      to.data);
}

/// y = value
template <class R, class A, class D = BasicCpu<R, A>>
void fill(const BasicCpu<R, A>& device, Real<D> value, Vector<Real<D>, D> y) {
  parallel_pieces(device, y.size, map_piece,
                  [&](Index first, Index count) { std::fill_n(y.data + first, count, value); });
}

/// y += x
template <class R, class A, class D = BasicCpu<R, A>>
void add(const BasicCpu<R, A>& device, Vector<const Real<D>, D> x, Vector<Real<D>, D> y) {
  assert(x.size == y.size);
  map(
      device, y.size, [](auto& from, auto& to) SELFSAME_INLINE { to += from; }, x.data, y.data);
}

/// y *= factor
template <class R, class A, class D = BasicCpu<R, A>>
void scale(const BasicCpu<R, A>& device, Real<D> factor, Vector<Real<D>, D> y) {
  map(
      device, y.size, [factor](auto& v) SELFSAME_INLINE { v *= factor; }, y.data);
}

/// y += x, rows of activations of equal shape.
template <class R, class A, class D = BasicCpu<R, A>>
void add(const BasicCpu<R, A>& device, In<D> x, Out<D> y) {
  assert(x.rows == y.rows && x.cols == y.cols);
  const auto sum = [](auto& from, auto& to) SELFSAME_INLINE { to += from; };
  if (x.contiguous() && y.contiguous()) return map(device, x.rows * x.cols, sum, x.data, y.data);
  const D alone{};
  parallel_pieces(device, x.rows, std::max<Index>(1, map_piece / std::max<Index>(1, x.cols)),
                  [&](Index first, Index count) {
                    for (Index r = first; r < first + count; ++r)
                      map(alone, x.cols, sum, x.row(r), y.row(r));
                  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
