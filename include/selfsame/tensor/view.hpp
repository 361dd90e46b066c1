/// @file
/// Views: memory of a device that somebody else owns. A view passed as an argument is never deduced
/// (`In<D>`, `Out<D>`, `Vector<T, D>` are members of a trait), so D comes from the device or the
/// pass, and mutable views and braced lists convert.
#pragma once
#include <selfsame/tensor/shape.hpp>

#include <cassert>
#include <string>
#include <type_traits>
#include <vector>

namespace selfsame {

/// A row-major matrix; row r starts at data + r * stride.
template <class T, class D>
struct MatrixView {
  using Value = T;
  T* data = nullptr;
  Index rows = 0;
  Index cols = 0;
  Index stride = 0;

  constexpr MatrixView() = default;
  constexpr MatrixView(T* first, Index r, Index c) : data(first), rows(r), cols(c), stride(c) {}
  constexpr MatrixView(T* first, Index r, Index c, Index s)
      : data(first), rows(r), cols(c), stride(s) {}

  constexpr T& operator()(Index r, Index c) const {
    assert(r >= 0 && r < rows && c >= 0 && c < cols);
    return data[r * stride + c];
  }
  constexpr T* row(Index r) const { return data + r * stride; }
  constexpr bool contiguous() const { return stride == cols || rows <= 1; }
  constexpr MatrixView row_range(Index first, Index count) const {
    assert(first >= 0 && count >= 0 && first + count <= rows);
    return {data + first * stride, count, cols, stride};
  }
  constexpr MatrixView col_range(Index first, Index count) const {
    assert(first >= 0 && count >= 0 && first + count <= cols);
    return {data + first, rows, count, stride};
  }
  constexpr operator MatrixView<const T, D>() const
    requires(!std::is_const_v<T>)
  {
    return {data, rows, cols, stride};
  }
};

/// The one-dimensional view: weights, labels, keys, masks. Not a `std::span`, so that a GPU's
/// memory is not read by mistake.
template <class T, class D>
struct VectorView {
  using Value = T;
  T* data = nullptr;
  Index size = 0;

  constexpr T& operator[](Index i) const {
    assert(i >= 0 && i < size);
    return data[i];
  }
  constexpr T* begin() const { return data; }
  constexpr T* end() const { return data + size; }
  constexpr VectorView part(Index first, Index count) const {
    assert(first >= 0 && count >= 0 && first + count <= size);
    return {data + first, count};
  }
  constexpr operator VectorView<const T, D>() const
    requires(!std::is_const_v<T>)
  {
    return {data, size};
  }
};

template <class D>
struct Views {
  using In = MatrixView<const Activation<D>, D>;
  using Out = MatrixView<Activation<D>, D>;
  template <class T>
  using Vector = VectorView<T, D>;
};
template <class D>
using In = typename Views<D>::In;  ///< rows that are read
template <class D>
using Out = typename Views<D>::Out;  ///< rows that are written
template <class T, class D>
using Vector = typename Views<D>::template Vector<T>;

template <class D, class T>
Vector<T, D> view(std::vector<T>& v) {
  return {v.data(), static_cast<Index>(v.size())};
}
template <class D, class T>
Vector<const T, D> view(const std::vector<T>& v) {
  return {v.data(), static_cast<Index>(v.size())};
}

/// An input that a loss differentiates (decision D8): its value, the place of its gradient, the weight
/// of this term in the objective, and whether the gradient is added to what stands there. The
/// returned value of a loss is not weighted. A plain `In<D>` is a constant and has no gradient.
template <class D>
struct Differentiable {
  In<D> value;
  Out<D> gradient;
  Real<D> weight = 1;
  bool add = false;

  constexpr Differentiable row_range(Index first, Index count) const {
    return {value.row_range(first, count), gradient.row_range(first, count), weight, add};
  }
  constexpr Differentiable col_range(Index first, Index count) const {
    return {value.col_range(first, count), gradient.col_range(first, count), weight, add};
  }
  /// The same input with another weight.
  constexpr Differentiable weighted(Real<D> w) const { return {value, gradient, w, add}; }
  /// The same input in one more term of weight `w`: its gradient is added.
  constexpr Differentiable added(Real<D> w = 1) const { return {value, gradient, w, true}; }
  /// Puts d value / d input(r, c) in its place: weighted, written or added.
  void put(Index r, Index c, Real<D> g) const {
    const Real<D> before = add ? static_cast<Real<D>>(gradient(r, c)) : Real<D>(0);
    gradient(r, c) = static_cast<Activation<D>>(before + weight * g);
  }
};

/// An input and the place of its gradient, both (rows, columns), which a loss overwrites.
///
///     nt_xent(Cpu{}, with_gradient(view<Cpu>(z, 128), view<Cpu>(gradient, 128)), 0.5f);
template <class T, class D>
constexpr Differentiable<D> with_gradient(MatrixView<T, D> value,
                                          MatrixView<Activation<D>, D> gradient) {
  return {value, gradient};
}

/// "(256, 128)"
template <class T, class D>
std::string to_string(const MatrixView<T, D>& m) {
  std::string text = "(";  // g++ 12 takes "(" + a temporary for an overlapping copy (its PR 105329)
  text.append(std::to_string(m.rows)).append(", ").append(std::to_string(m.cols));
  return text.append(")");
}

}  // namespace selfsame
