#include <selfsame/kernel/cpu/reduce.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("sums are formed in double and in the same order on any number of threads",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index size : {0, 1, 31, 1000, 100'000}) {
      CAPTURE(static_cast<int>(isa), size);
      const Forced forced(isa);
      const auto x = noise<Real<D>>(size, 1), y = noise<Real<D>>(size, 2);
      const Matrix a = as_matrix(x), b = as_matrix(y);
      Workspace scratch;
      const D one{.threads = 1}, three{.threads = 3};
      CHECK(std::abs(sum(one, scratch, view<D>(x)) - a.sum()) < 1e-11);
      CHECK(std::abs(dot(one, scratch, view<D>(x), view<D>(y)) - a.cwiseProduct(b).sum()) < 1e-11);
      CHECK(std::abs(squared_norm(one, scratch, view<D>(x)) - a.squaredNorm()) <
            1e-13 * (1 + a.squaredNorm()));
      CHECK(sum(one, scratch, view<D>(x)) == sum(three, scratch, view<D>(x)));
      CHECK(dot(one, scratch, view<D>(x), view<D>(y)) ==
            dot(three, scratch, view<D>(x), view<D>(y)));
    }
}

TEMPLATE_TEST_CASE("the maximum of a row is one of its numbers, or -infinity", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {0, 1, 3, 16, 45}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      Padded<Activation<D>> x(5, cols, 1);
      std::vector<Real<D>> top(5);
      row_max(D{}, x.template view<D>(), view<D>(top));
      for (Index r = 0; r < 5; ++r) {
        const double wanted = cols ? x.matrix().row(r).maxCoeff() : -INFINITY;
        CHECK(static_cast<double>(top[static_cast<std::size_t>(r)]) == wanted);
      }
    }
}
