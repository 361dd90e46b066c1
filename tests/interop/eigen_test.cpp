#include <selfsame/interop/eigen.hpp>
#include <selfsame/loss/nt_xent.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace selfsame;

TEST_CASE("A view of an Eigen matrix is the matrix's own memory", "[interop]") {
  RowMajor<float> z = RowMajor<float>::Random(5, 3);
  const auto v = view<Cpu>(z);
  static_assert(std::same_as<decltype(v), const MatrixView<float, Cpu>>);
  CHECK(v.data == z.data());
  CHECK((v.rows == 5 && v.cols == 3 && v.stride == 3));
  v(4, 2) = 7;
  CHECK(z(4, 2) == 7);
  const RowMajor<float>& fixed = z;
  static_assert(std::same_as<decltype(view<Cpu>(fixed)), MatrixView<const float, Cpu>>);
  const In<Cpu> in = view<Cpu>(z);
  CHECK(in.data == z.data());
}

TEST_CASE("A view of a block keeps the stride of its matrix", "[interop]") {
  RowMajor<double> z = RowMajor<double>::Random(6, 8);
  const auto v = view<BasicCpu<double>>(z.block(1, 2, 4, 3));
  CHECK(v.data == &z(1, 2));
  CHECK((v.rows == 4 && v.cols == 3 && v.stride == 8));
  CHECK(v(3, 2) == z(4, 4));
  Eigen::Map<RowMajor<double>, 0, Eigen::OuterStride<>> map(z.data(), 6, 2,
                                                            Eigen::OuterStride<>(8));
  CHECK(view<BasicCpu<double>>(map).stride == 8);
}

TEST_CASE("An Eigen map of a view has its address and stride and writes through", "[interop]") {
  std::vector<float> numbers(20, 1);
  const Out<Cpu> v(numbers.data() + 1, 4, 3, 5);
  auto m = as_eigen(v);
  CHECK(m.data() == v.data);
  CHECK((m.rows() == 4 && m.cols() == 3 && m.outerStride() == 5));
  m.setZero();
  CHECK(numbers == std::vector<float>{1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1});
  static_assert(std::is_const_v<std::remove_pointer_t<decltype(as_eigen(In<Cpu>(v)).data())>>);
  CHECK(as_eigen(In<Cpu>(v)).sum() == 0);
}

TEST_CASE("Vectors of Eigen and flat views share memory both ways", "[interop]") {
  Eigen::VectorXf weights = Eigen::VectorXf::Ones(4);
  const Vector<float, Cpu> v = view<Cpu>(weights);
  CHECK((v.data == weights.data() && v.size == 4));
  as_eigen(v) *= 3;
  CHECK(weights.sum() == 12);
  const Eigen::VectorXf& fixed = weights;
  CHECK(as_eigen(view<Cpu>(fixed)).data() == weights.data());
}

TEST_CASE("A column of a row-major matrix is refused with its stride", "[interop]") {
  RowMajor<float> z(3, 4);
  CHECK_THROWS_WITH(view<Cpu>(z.col(1)), Catch::Matchers::ContainsSubstring("lie 4 apart"));
  RowMajor<float> one(1, 4);
  CHECK(view<Cpu>(one.col(2)).size == 1);  // a single number lies beside itself
}

TEST_CASE("Matrices without rows or columns have views", "[interop]") {
  RowMajor<float> none(0, 4), narrow(4, 0);
  CHECK((view<Cpu>(none).rows == 0 && view<Cpu>(none).cols == 4));
  CHECK((view<Cpu>(narrow).rows == 4 && view<Cpu>(narrow).cols == 0));
  CHECK(as_eigen(In<Cpu>{}).size() == 0);
}

TEST_CASE("A gradient written by an expression is weighted and added as the input asks",
          "[interop]") {
  RowMajor<float> z = RowMajor<float>::Ones(2, 2), gradient = RowMajor<float>::Constant(2, 2, 10);
  const Differentiable<Cpu> differentiable{view<Cpu>(z), view<Cpu>(gradient), 0.5f};
  write(differentiable, 4 * z);
  CHECK((gradient.array() == 2).all());
  write(differentiable.added(2), z + z);
  CHECK((gradient.array() == 6).all());
  CHECK_THROWS_WITH(
      write(differentiable, z.topRows(1)),
      Catch::Matchers::ContainsSubstring("(1, 2)") && Catch::Matchers::ContainsSubstring("(2, 2)"));
}

TEST_CASE("NT-Xent runs on matrices of Eigen", "[interop]") {
  RowMajor<double> z(4, 2), gradient(4, 2);
  z << 1, 2, 2, -1, 2, 1, 0, -3;
  using D = BasicCpu<double>;
  CHECK(std::abs(nt_xent(D{}, Differentiable<D>{view<D>(z), view<D>(gradient)}, 0.5) -
                 0.500450304) < 1e-9);
  CHECK(std::abs(gradient(1, 1) - .350251298) < 1e-9);
}
