#include <selfsame/tensor/view.hpp>

#include "support/catch.hpp"

#include <numeric>

using namespace selfsame;

namespace {
struct Numbers {
  std::vector<float> data = std::vector<float>(40);
  Numbers() { std::iota(data.begin(), data.end(), 0.f); }
};
float first_of(In<Cpu> rows) { return rows(0, 0); }
}  // namespace

TEST_CASE("Row r of a view starts at r times the stride", "[tensor]") {
  Numbers n;
  const Out<Cpu> m(n.data.data(), 4, 6, 10);
  CHECK(m(2, 3) == 23);
  CHECK(m.row(3) == n.data.data() + 30);
  CHECK_FALSE(m.contiguous());
  CHECK(Out<Cpu>(n.data.data(), 4, 10).contiguous());
  CHECK(Out<Cpu>(n.data.data(), 4, 10).stride == 10);
  CHECK(m.row_range(0, 1).contiguous());  // one row is
  m(1, 1) = -1;
  CHECK(n.data[11] == -1);
}

TEST_CASE("Ranges of rows and columns are views of the same memory", "[tensor]") {
  Numbers n;
  const Out<Cpu> m(n.data.data(), 4, 10);
  const auto part = m.row_range(1, 2).col_range(3, 4);
  CHECK((part.rows == 2 && part.cols == 4 && part.stride == 10));
  CHECK((part(0, 0) == 13 && part(1, 3) == 26));
  CHECK((m.row_range(4, 0).rows == 0 && m.col_range(10, 0).cols == 0));
}

TEST_CASE("A view to write is a view to read, also as an argument, and not the other way round",
          "[tensor]") {
  Numbers n;
  const Out<Cpu> m(n.data.data(), 2, 2);
  CHECK(first_of(m) == 0);
  CHECK(first_of({n.data.data() + 5, 1, 1}) == 5);
  CHECK(std::is_convertible_v<Out<Cpu>, In<Cpu>>);
  CHECK_FALSE(std::is_convertible_v<In<Cpu>, Out<Cpu>>);
  CHECK_FALSE(std::is_convertible_v<Out<Cpu>, In<BasicCpu<double>>>);
  CHECK(std::is_convertible_v<Vector<float, Cpu>, Vector<const float, Cpu>>);
  CHECK_FALSE(std::is_convertible_v<Vector<const float, Cpu>, Vector<float, Cpu>>);
}

TEST_CASE("A device names what its views hold", "[tensor]") {
  using Mixed = BasicCpu<double, float>;
  CHECK(std::same_as<In<Mixed>::Value, const float>);
  CHECK(std::same_as<Out<Mixed>::Value, float>);
  CHECK(std::same_as<Real<Mixed>, double>);
  CHECK(std::same_as<Out<BasicCpu<double>>::Value, double>);
  CHECK(Device<Mixed>);
  CHECK_FALSE(Device<float>);
}

TEST_CASE("A flat view has parts and runs from its begin to its end", "[tensor]") {
  Numbers n;
  const Vector<float, Cpu> v = view<Cpu>(n.data);
  CHECK((v.size == 40 && v[7] == 7));
  const auto part = v.part(10, 5);
  CHECK((part.size == 5 && part[4] == 14));
  CHECK(std::accumulate(part.begin(), part.end(), 0.f) == 60);
  CHECK(v.part(40, 0).size == 0);
  CHECK(view<Cpu>(std::as_const(n.data)).data == n.data.data());
}

TEST_CASE("A view prints its extents as a shape error does", "[tensor]") {
  CHECK(to_string(In<Cpu>(nullptr, 256, 128)) == "(256, 128)");
  CHECK(to_string(In<Cpu>{}) == "(0, 0)");
}

TEST_CASE("A differentiable input writes or adds its weighted gradient where asked", "[tensor]") {
  Numbers n;
  std::vector<float> g(6, 10);
  const Differentiable<Cpu> differentiable{{n.data.data(), 2, 3}, {g.data(), 2, 3}, 0.5f};
  differentiable.put(1, 2, 4);
  CHECK(g[5] == 2);
  differentiable.added(3).put(1, 2, 4);
  CHECK(g[5] == 14);
  CHECK((differentiable.added().weight == 1 && differentiable.added().add));
  differentiable.row_range(1, 1).col_range(1, 1).put(0, 0, 8);
  CHECK(g[4] == 4);
  CHECK(g[3] == 10);
}

TEST_CASE("A view and the view of its gradient make an input of weight 1 that is overwritten",
          "[tensor]") {
  std::vector<float> z(6, 1), g(6, 10);
  const MatrixView<float, Cpu> value{z.data(), 2, 3}, gradient{g.data(), 2, 3};
  const Differentiable<Cpu> input = with_gradient(value, gradient);
  CHECK((input.value.data == z.data() && input.gradient.data == g.data()));
  CHECK((input.weight == 1 && !input.add));
  with_gradient(In<Cpu>(value), gradient).weighted(0.5f).put(0, 0, 4);
  CHECK(g[0] == 2);
  CHECK((input.added(3).weighted(0.5f).add && input.added(3).weighted(0.5f).weight == 0.5f));
}

TEST_CASE("A differentiable input that writes does not read what stood there", "[tensor]") {
  float value = 0, gradient = NAN;
  const Differentiable<Cpu> differentiable{{&value, 1, 1}, {&gradient, 1, 1}};
  differentiable.put(0, 0, 2);
  CHECK(gradient == 2);
}

TEST_CASE("A differentiable input of mixed numbers adds in the real type", "[tensor]") {
  using Mixed = BasicCpu<double, float>;
  float value = 0, gradient = 1;
  const Differentiable<Mixed> differentiable{{&value, 1, 1}, {&gradient, 1, 1}, 1e-3, true};
  differentiable.put(0, 0, 1e3 * 0x1p-24);
  differentiable.put(0, 0, 3e3 * 0x1p-24);
  CHECK(gradient == 1 + 0x1p-22f);  // 1 + 2^-24 rounds to 1 (to even), 3 * 2^-24 to 2^-22
}
