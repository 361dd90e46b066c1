/// @file
/// Where numbers are not finite.
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// Whether x[0 .. size) are finite, by one pass: x - x is 0 of what is, and NaN of what is not.
template <class T>
bool all_finite(const T* x, Index size) {
  bool finite = true;
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using R = std::conditional_t<std::is_same_v<T, BFloat16>, float, T>;
    using V = Simd<R, decltype(bytes)::value>;
    V odd[4] = {};  // four that do not wait for one another
    const auto take = [&](Index i, Index n, V& to) SELFSAME_INLINE {
      V v;
      load_some(x + i, n, v);
      to += v - v;
    };
    Index i = 0;
    for (; i + 4 * width<V> <= size; i += 4 * width<V>)
#pragma GCC unroll 4
      for (int way = 0; way < 4; ++way) take(i + way * width<V>, Index{width<V>}, odd[way]);
    each_vector<V>(size - i, [&](Index at, Index n) SELFSAME_INLINE { take(i + at, n, odd[0]); });
    finite = sum_of(V((odd[0] + odd[1]) + (odd[2] + odd[3]))) == 0;
  });
  return finite;
}

/// The first of x[0 .. size) that is not finite; -1 where all are.
template <class T>
Index first_not_finite(const T* x, Index size) {
  if (all_finite(x, size)) return -1;
  Index i = 0;
  while (std::isfinite(static_cast<double>(x[i]))) ++i;
  return i;
}

}  // namespace internal

/// The index of the first number that is not finite, in reading order (r cols + c); -1 where all are.
template <class R, class A, class T>
Index first_not_finite(const BasicCpu<R, A>& device, Workspace& scratch,
                       MatrixView<const T, BasicCpu<R, A>> x) {
  if (x.contiguous() && x.rows > 1)
    return first_not_finite(device, scratch,
                            MatrixView<const T, BasicCpu<R, A>>(x.data, 1, x.rows * x.cols));
  const Index each = std::max<Index>(1, map_piece / std::max<Index>(1, x.cols));
  const Index along = pieces(x.cols, map_piece), tasks = pieces(x.rows, each) * along;
  const Workspace::Scope scope(scratch);
  Index* const found = scratch.take<Index>(tasks);
  parallel(device, tasks, [&](Index task, Index) {
    found[task] = -1;
    const Index first = task / along * each, last = std::min(x.rows, first + each);
    const Index column = task % along * map_piece, cols = std::min(map_piece, x.cols - column);
    for (Index r = first; r < last && found[task] < 0; ++r) {
      const Index i = internal::first_not_finite(x.row(r) + column, cols);
      if (i >= 0) found[task] = r * x.cols + column + i;
    }
  });
  for (Index task = 0; task < tasks; ++task)
    if (found[task] >= 0) return found[task];
  return -1;
}
template <class R, class A, class T>
Index first_not_finite(const BasicCpu<R, A>& device, Workspace& scratch,
                       VectorView<const T, BasicCpu<R, A>> x) {
  return first_not_finite(device, scratch, MatrixView<const T, BasicCpu<R, A>>(x.data, 1, x.size));
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
