#include <selfsame/interop/xtensor.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("Arrays of xtensor are rows on the same memory", "[interop]") {
  xt::xtensor<float, 2> a = xt::zeros<float>({4, 3});
  xt::xarray<float> b = xt::zeros<float>({2, 5});
  std::vector<float> numbers(6, 1);
  auto c = xt::adapt(numbers, std::array<std::size_t, 2>{3, 2});
  const auto va = view<Cpu>(a), vb = view<Cpu>(b), vc = view<Cpu>(c);
  static_assert(std::same_as<decltype(va), const MatrixView<float, Cpu>>);
  CHECK((va.data == a.data() && va.rows == 4 && va.cols == 3 && va.stride == 3));
  CHECK((vb.data == b.data() && vb.rows == 2 && vb.cols == 5));
  CHECK((vc.data == numbers.data() && vc.rows == 3));
  va(3, 2) = 8;
  CHECK(a(3, 2) == 8);
  const xt::xtensor<float, 2>& fixed = a;
  static_assert(std::same_as<decltype(view<Cpu>(fixed)), MatrixView<const float, Cpu>>);
  CHECK(In<Cpu>(view<Cpu>(fixed)).data == a.data());
}

TEST_CASE("An adaptor of a strided view keeps its stride and writes through", "[interop]") {
  std::vector<float> numbers(14, 1);
  const Out<Cpu> v(numbers.data(), 3, 4, 5);
  auto x = as_xtensor(v);
  CHECK(&x(2, 1) == &v(2, 1));
  CHECK((x.shape()[0] == 3 && x.shape()[1] == 4));
  x(2, 3) = 4;
  CHECK(numbers[13] == 4);
  const auto back = view<Cpu>(x);
  CHECK((back.data == v.data && back.stride == 5 && back.rows == 3 && back.cols == 4));
  CHECK(xt::sum(as_xtensor(In<Cpu>(v)))() == 15);
}

TEST_CASE("A flat view is an adaptor of one dimension", "[interop]") {
  std::vector<Index> labels{1, 2, 3};
  auto x = as_xtensor(view<Cpu>(labels));
  x(1) = 7;
  CHECK(labels[1] == 7);
}

TEST_CASE("Arrays of one row or one column have views, although xtensor calls their stride 0",
          "[interop]") {
  xt::xtensor<float, 2> row = xt::ones<float>({1, 4}), column = xt::ones<float>({4, 1});
  CHECK((view<Cpu>(row).stride == 4 && view<Cpu>(row).cols == 4));
  CHECK((view<Cpu>(column).stride == 1 && view<Cpu>(column).rows == 4));
  CHECK(view<Cpu>(column).row(3) == column.data() + 3);
}

TEST_CASE("An array of other than two dimensions, or column-major, is refused with its extents",
          "[interop]") {
  xt::xarray<float> cube = xt::zeros<float>({2, 3, 4});
  CHECK_THROWS_WITH(view<Cpu>(cube), ContainsSubstring("(2, 3, 4)"));
  xt::xarray<float, xt::layout_type::dynamic> turned({3, 4}, xt::layout_type::column_major);
  CHECK_THROWS_WITH(view<Cpu>(turned), ContainsSubstring("(3, 4)") && ContainsSubstring("strides"));
}
