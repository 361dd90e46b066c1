/// @file
/// Rows of unit length.
#pragma once
#include <selfsame/kernel/cpu/reduce.hpp>
#include <selfsame/kernel/options.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// sum_c x[c] y[c] in double: a square overflows late, and a short row has a full vector.
template <int bytes, class T>
SELFSAME_INLINE inline double row_dot(const T* x, const T* y, Index cols) {
  using V = Simd<double, bytes>;
  V sum[2] = {};
  Index c = 0;
  for (; c + 2 * width<V> <= cols; c += 2 * width<V>)
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      V v, w;
      load(x + c + half * width<V>, v);
      load(y + c + half * width<V>, w);
      sum[half] += v * w;
    }
  sum[0] += sum[1];
  double total = sum_of(sum[0]);
  for (; c < cols; ++c) total += static_cast<double>(x[c]) * static_cast<double>(y[c]);
  return total;
}

}  // namespace internal

/// norms[r] = max(|x_r|, epsilon),  unit_r = x_r / norms[r]
///
/// A row shorter than epsilon is divided by it, so zero stays zero. A row whose length is NaN or
/// overflows becomes NaN.
///
/// @param epsilon  > 0
/// @param unit   of x's shape, overwritten; may be x
/// @param norms  (rows), overwritten: what the gradient needs
template <class R, class A, class D = BasicCpu<R, A>>
void l2_normalise(const BasicCpu<R, A>& device, In<D> x, Real<D> epsilon, Out<D> unit,
                  Vector<Real<D>, D> norms) {
  assert(x.rows == unit.rows && x.cols == unit.cols && norms.size == x.rows && epsilon > 0);
  parallel_pieces(device, x.rows, internal::row_piece(x.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        const double square = internal::row_dot<decltype(bytes)::value>(x.row(r), x.row(r), x.cols);
        norms[r] = static_cast<R>(std::sqrt(square));
        if (norms[r] <= epsilon) norms[r] = epsilon;  // a NaN stays
        if (std::isinf(norms[r])) norms[r] = std::numeric_limits<R>::quiet_NaN();
        const R inverse = 1 / norms[r];
        each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v;
          load_some(x.row(r) + c, n, v);
          v *= inverse;
          store_some(unit.row(r) + c, n, v);
        });
      }
    });
  });
}

/// The gradient of `l2_normalise`:
///
///     dx_r = (du_r - unit_r (unit_r . du_r)) / norms[r]   where norms[r] > epsilon, else du_r / epsilon
///
/// @param unit, norms  what l2_normalise wrote with this epsilon
/// @param dx           overwritten or added to; may be du
template <class R, class A, class D = BasicCpu<R, A>>
void l2_normalise_gradient(const BasicCpu<R, A>& device, In<D> unit, Vector<const Real<D>, D> norms,
                           Real<D> epsilon, In<D> du, Out<D> dx, Write write) {
  assert(unit.rows == du.rows && unit.cols == du.cols && norms.size == unit.rows);
  assert(unit.rows == dx.rows && unit.cols == dx.cols);
  parallel_pieces(device, unit.rows, internal::row_piece(unit.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        const R inverse = 1 / norms[r];
        const bool sphere = norms[r] > epsilon;
        const R along = sphere ? static_cast<R>(internal::row_dot<decltype(bytes)::value>(
                                     unit.row(r), du.row(r), unit.cols))
                               : R(0);
        each_vector<V>(unit.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V u, g;
          load_some(unit.row(r) + c, n, u);
          load_some(du.row(r) + c, n, g);
          g = (g - along * u) * inverse;
          if (write == Write::add) {
            V before;
            load_some(dx.row(r) + c, n, before);
            g += before;
          }
          store_some(dx.row(r) + c, n, g);
        });
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
