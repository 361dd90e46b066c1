/// @file
/// xtensor's containers as views and views as adaptors of xtensor, on the same memory.
#pragma once
#include <selfsame/tensor/view.hpp>

#if __has_include(<xtensor/containers/xtensor.hpp>)  // release 0.26 moved all headers
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>
#endif

#include <array>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace selfsame {

namespace detail {
template <class E>
concept XtensorWithMemory = xt::is_xexpression<std::remove_const_t<E>>::value && requires(E& e) {
  e.data();
  e.data_offset();
  e.strides();
};
template <class E>
std::string extents_of(const E& e) {
  std::string s;
  for (const auto n : e.shape()) s += (s.empty() ? "" : ", ") + std::to_string(n);
  return "(" + s + ")";
}
}  // namespace detail

/// A row-major xtensor, xarray or adaptor of two dimensions as rows: a `MatrixView<T, D>`, T being
/// const where the numbers are. Nothing is copied. Takes a name, not a temporary.
/// @throws std::invalid_argument  where it has not two dimensions, or numbers of a row do not lie side by side
template <Device D, detail::XtensorWithMemory E>
auto view(E& e) {
  static_assert(std::remove_const_t<E>::static_layout != xt::layout_type::column_major,
                "selfsame: this array of xtensor is column-major. Declare it with "
                "xt::layout_type::row_major.");
  using T = std::remove_pointer_t<decltype(e.data())>;
  if (e.dimension() != 2)
    throw std::invalid_argument("selfsame: the array of xtensor is " + detail::extents_of(e) +
                                "; rows need 2 dimensions, (rows, cols)");
  const auto rows = static_cast<Index>(e.shape()[0]), cols = static_cast<Index>(e.shape()[1]);
  // An extent of 1 has a stride of 0 with xtensor.
  const Index along = cols > 1 ? static_cast<Index>(e.strides()[1]) : 1;
  const Index down = rows > 1 ? static_cast<Index>(e.strides()[0]) : cols;
  if (along != 1 || down < cols)
    throw std::invalid_argument("selfsame: the array of xtensor is " + detail::extents_of(e) +
                                " with strides (" + std::to_string(down) + ", " +
                                std::to_string(along) + "); a view needs (at least " +
                                std::to_string(cols) + ", 1)");
  return MatrixView<T, D>(e.data() + e.data_offset(), rows, cols, down);
}

/// A view of the processor's memory as an adaptor of xtensor: nothing is copied, writing writes through.
template <class T, class R, class A>
auto as_xtensor(MatrixView<T, BasicCpu<R, A>> m) {
  const std::array<std::size_t, 2> shape{static_cast<std::size_t>(m.rows),
                                         static_cast<std::size_t>(m.cols)};
  const std::array<Index, 2> strides{m.rows > 1 ? m.stride : 0, m.cols > 1 ? 1 : 0};
  T* const data = m.data;
  return xt::adapt(data, shape[0] * shape[1], xt::no_ownership(), shape,
                   strides);  // what it holds, not its span
}
template <class T, class R, class A>
auto as_xtensor(VectorView<T, BasicCpu<R, A>> v) {
  const std::array<std::size_t, 1> shape{static_cast<std::size_t>(v.size)};
  T* const data = v.data;
  return xt::adapt(data, shape[0], xt::no_ownership(), shape);
}

}  // namespace selfsame
