/// @file
/// Numbers of a `std::span` as views, on the same memory.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <span>
#include <stdexcept>
#include <string>

namespace selfsame {

/// A span as the one-dimensional view.
template <Device D, class T, std::size_t extent>
Vector<T, D> view(std::span<T, extent> numbers) {
  return {numbers.data(), static_cast<Index>(numbers.size())};
}

/// A span as rows of `cols` numbers, one after the other.
/// @throws std::invalid_argument  where it is not a whole number of rows
template <Device D, class T, std::size_t extent>
MatrixView<T, D> view(std::span<T, extent> numbers, Index cols) {
  const auto size = static_cast<Index>(numbers.size());
  if (cols < 0 || (cols == 0 ? size != 0 : size % cols != 0))
    throw std::invalid_argument("selfsame: " + std::to_string(size) + " numbers are not rows of " +
                                std::to_string(cols));
  return {numbers.data(), cols > 0 ? size / cols : 0, cols};
}

/// The same where row r begins at r * stride, as inside a wider matrix.
/// @throws std::invalid_argument  where the last row would end behind the span
template <Device D, class T, std::size_t extent>
MatrixView<T, D> view(std::span<T, extent> numbers, Index rows, Index cols, Index stride) {
  const auto size = static_cast<Index>(numbers.size());
  const Index needed = rows > 0 ? (rows - 1) * stride + cols : 0;
  if (rows < 0 || cols < 0 || stride < cols || needed > size)
    throw std::invalid_argument("selfsame: (" + std::to_string(rows) + ", " + std::to_string(cols) +
                                ") with a stride of " + std::to_string(stride) + " needs " +
                                std::to_string(needed) + " numbers, the span has " +
                                std::to_string(size));
  return {numbers.data(), rows, cols, stride};
}

/// A view of the processor's memory as a span.
template <class T, class R, class A>
std::span<T> as_span(VectorView<T, BasicCpu<R, A>> v) {
  return {v.data, static_cast<std::size_t>(v.size)};
}
/// One row of a matrix as a span.
template <class T, class R, class A>
std::span<T> as_span(MatrixView<T, BasicCpu<R, A>> m, Index row) {
  assert(row >= 0 && row < m.rows);
  return {m.row(row), static_cast<std::size_t>(m.cols)};
}

}  // namespace selfsame
