#include <selfsame/kernel/cpu/scatter_rows.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("gradients of gathered rows go back to their rows, and all others get none",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  for (const Index rows : {6, 5000}) {
    Padded<A> gradient(3, 7, 1), x(rows, 7, 2), slope(rows, 7, 3);
    const std::vector<Index> which{4, rows - 1, 0};
    const Matrix before = slope.matrix();
    Matrix wanted = Matrix::Zero(rows, 7);
    for (Index i = 0; i < 3; ++i)
      wanted.row(which[static_cast<std::size_t>(i)]) = gradient.matrix().row(i);
    const Differentiable<D> differentiable{x.template view<D>(), slope.template view<D>(), 3};
    scatter_rows(D{.threads = 2}, gradient.template view<D>(), view<D>(which), differentiable);
    CHECK(largest_difference(slope.matrix(), 3 * wanted) < 8 * ulp<A>);
    CHECK(slope.untouched());
    scatter_rows(D{.threads = 2}, gradient.template view<D>(), view<D>(which),
                 differentiable.added(-1));
    CHECK(largest_difference(slope.matrix(), 2 * wanted) < 8 * ulp<A>);
    CHECK(before != slope.matrix());
  }
}

TEST_CASE("no gathered rows leave zeros, or what was there where the input adds", "[kernel]") {
  Padded<float> gradient(0, 3, 1), x(2, 3, 2), slope(2, 3, 3);
  const std::vector<Index> none;
  const Matrix before = slope.matrix();
  const Differentiable<Cpu> differentiable{x.view<Cpu>(), slope.view<Cpu>()};
  scatter_rows(Cpu{}, gradient.view<Cpu>(), view<Cpu>(none), differentiable.added());
  CHECK(slope.matrix() == before);
  scatter_rows(Cpu{}, gradient.view<Cpu>(), view<Cpu>(none), differentiable);
  CHECK(slope.matrix() == Matrix::Zero(2, 3));
}
