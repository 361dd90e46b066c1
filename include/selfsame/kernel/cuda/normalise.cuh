/// @file
/// Rows of unit length. Two launches: one thread reduces a row, then one writes a number.
#pragma once
#include <selfsame/kernel/cuda/device.cuh>
#include <selfsame/kernel/options.hpp>

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal::on_thrust {

/// Rows of memory as device code sees them.
template <class T>
struct Lines {
  T* data;
  Index cols, stride;
  SELFSAME_HD T& at(Index i) const { return data[i / cols * stride + i % cols]; }
  SELFSAME_HD T* row(Index r) const { return data + r * stride; }
};
template <class T, class D>
Lines<T> lines(const MatrixView<T, D>& m) {
  return {m.data, m.cols, m.stride};
}

/// In double and in the order of columns.
template <class T>
SELFSAME_HD double row_dot(const T* x, const T* y, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c) sum += static_cast<double>(x[c]) * static_cast<double>(y[c]);
  return sum;
}

template <class T>
struct Norm {
  Lines<const T> x;
  T epsilon;
  T* norms;
  SELFSAME_HD void operator()(Index r) const {
    const T norm = static_cast<T>(std::sqrt(row_dot(x.row(r), x.row(r), x.cols)));
    norms[r] = norm <= epsilon ? epsilon : norm - norm == 0 ? norm : T(NAN);  // a NaN stays
  }
};

template <class T>
struct Divide {
  Lines<const T> x;
  const T* norms;
  Lines<T> unit;
  SELFSAME_HD void operator()(Index i) const { unit.at(i) = x.at(i) / norms[i / x.cols]; }
};

template <class T>
struct Project {
  Lines<const T> unit;
  const T* norms;
  T epsilon;
  Lines<const T> du;
  Lines<T> dx;
  Write write;
  SELFSAME_HD void operator()(Index r) const {
    const T* const u = unit.row(r);
    const T* const g = du.row(r);
    T* const to = dx.row(r);
    const T along = norms[r] > epsilon ? static_cast<T>(row_dot(u, g, unit.cols)) : T(0);
    for (Index c = 0; c < unit.cols; ++c) {
      const T d = (g[c] - along * u[c]) / norms[r];
      to[c] = write == Write::add ? to[c] + d : d;
    }
  }
};

template <class System, class R, class F>
void for_each_index(const BasicThrust<System, R>& device, Index size, F f) {
  thrust::for_each_n(device.policy(), thrust::counting_iterator<Index>(0), size, f);
}

}  // namespace internal::on_thrust

/// norms[r] = max(|x_r|, epsilon),  unit_r = x_r / norms[r]
///
/// As kernel/cpu/normalise.hpp.
template <class System, class R, class D = BasicThrust<System, R>>
void l2_normalise(const BasicThrust<System, R>& device, In<D> x, Real<D> epsilon, Out<D> unit,
                  Vector<Real<D>, D> norms) {
  assert(x.rows == unit.rows && x.cols == unit.cols && norms.size == x.rows && epsilon > 0);
  using namespace internal::on_thrust;
  for_each_index(device, x.rows, Norm<R>{lines(x), epsilon, norms.data});
  for_each_index(device, x.rows * x.cols, Divide<R>{lines(x), norms.data, lines(unit)});
}

/// dx_r = (du_r - unit_r (unit_r . du_r)) / norms[r]   where norms[r] > epsilon, else du_r / epsilon
///
/// As kernel/cpu/normalise.hpp; dx is overwritten or added to, and may be du.
template <class System, class R, class D = BasicThrust<System, R>>
void l2_normalise_gradient(const BasicThrust<System, R>& device, In<D> unit,
                           Vector<const Real<D>, D> norms, Real<D> epsilon, In<D> du, Out<D> dx,
                           Write write) {
  assert(unit.rows == du.rows && unit.cols == du.cols && norms.size == unit.rows);
  assert(unit.rows == dx.rows && unit.cols == dx.cols);
  using namespace internal::on_thrust;
  for_each_index(device, unit.rows,
                 Project<R>{lines(unit), norms.data, epsilon, lines(du), lines(dx), write});
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
