/// @file
/// Eigen's matrices as views and views as Eigen's maps, on the same memory.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <Eigen/Core>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace selfsame {

/// Eigen's types that lie in memory as our views do.
template <class T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using Column = Eigen::Matrix<T, Eigen::Dynamic, 1>;

namespace detail {
template <class From, class To>  // To, const where From is
using ConstAs = std::conditional_t<std::is_const_v<From>, const To, To>;

template <class E>
concept EigenDense =
    std::derived_from<std::remove_cvref_t<E>, Eigen::DenseBase<std::remove_cvref_t<E>>>;
// A Matrix or an Array, which owns its numbers; a Map, a Block or a Ref does not.
template <class E>
inline constexpr bool owns_numbers = std::derived_from<E, Eigen::PlainObjectBase<E>>;
}  // namespace detail

template <class T>
using EigenRows = Eigen::Map<detail::ConstAs<T, RowMajor<std::remove_const_t<T>>>, Eigen::Unaligned,
                             Eigen::OuterStride<>>;
template <class T>
using EigenColumn = Eigen::Map<detail::ConstAs<T, Column<std::remove_const_t<T>>>>;

/// A view of the processor's memory as a matrix of Eigen: nothing is copied, writing writes through.
template <class T, class R, class A>
EigenRows<T> as_eigen(MatrixView<T, BasicCpu<R, A>> m) {
  return {m.data, m.rows, m.cols, Eigen::OuterStride<>(m.stride)};
}
template <class T, class R, class A>
EigenColumn<T> as_eigen(VectorView<T, BasicCpu<R, A>> v) {
  return {v.data, v.size};
}

/// A row-major matrix, map or block of Eigen as rows: a `MatrixView<T, D>`, T being const where the
/// numbers are; a vector of Eigen as a `Vector<T, D>`. Nothing is copied.
///
///     RowMajor<float> z(512, 128), gradient(512, 128);
///     nt_xent(Cpu{}, with_gradient(view<Cpu>(z), view<Cpu>(gradient)), 0.5f);
///
/// A column-major matrix (Eigen's default), an expression without memory and a temporary that owns
/// its numbers do not compile.
///
/// @throws std::invalid_argument  where numbers of a row do not lie side by side
template <Device D, detail::EigenDense E>
auto view(E&& matrix) {
  using M = std::remove_cvref_t<E>;
  constexpr bool has_memory = (M::Flags & Eigen::DirectAccessBit) != 0;
  static_assert(
      has_memory,
      "selfsame: this expression of Eigen has no memory. Evaluate it into a matrix first.");
  static_assert(
      std::is_lvalue_reference_v<E> || !detail::owns_numbers<M>,
      "selfsame: a view of a temporary matrix would outlive its numbers. Name the matrix first.");
  static_assert(M::IsRowMajor || M::IsVectorAtCompileTime,
                "selfsame: this matrix of Eigen is column-major. Declare it with Eigen::RowMajor.");
  if constexpr (has_memory && (M::IsRowMajor || M::IsVectorAtCompileTime)) {
    using T = std::remove_pointer_t<decltype(matrix.data())>;
    if (matrix.innerStride() != 1 && matrix.innerSize() > 1)
      throw std::invalid_argument("selfsame: numbers of a row lie " +
                                  std::to_string(matrix.innerStride()) +
                                  " apart in Eigen's memory; a view needs them 1 apart");
    if constexpr (M::IsVectorAtCompileTime)
      return VectorView<T, D>{matrix.data(), matrix.size()};
    else
      return MatrixView<T, D>(matrix.data(), matrix.rows(), matrix.cols(), matrix.outerStride());
  }
}

/// Puts an expression for d value / d input in its place, for losses written with Eigen: weighted,
/// written or added.
/// @throws std::invalid_argument  where shapes differ
template <class D, class E>
void write(const Differentiable<D>& to, const Eigen::MatrixBase<E>& gradient) {
  if (gradient.rows() != to.gradient.rows || gradient.cols() != to.gradient.cols)
    throw std::invalid_argument("selfsame: a gradient of (" + std::to_string(gradient.rows()) +
                                ", " + std::to_string(gradient.cols()) +
                                ") was computed for an input of " + to_string(to.gradient));
  const RowMajor<Real<D>> g = gradient;
  for (Index r = 0; r < g.rows(); ++r)
    for (Index c = 0; c < g.cols(); ++c) to.put(r, c, g(r, c));
}

}  // namespace selfsame
