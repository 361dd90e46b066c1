#include <selfsame/kernel/cpu/affine.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("a bias is added to every row, and its gradient is the sum of the rows",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {1, 9, 34}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      Padded<Activation<D>> x(600, cols, 1);
      const auto bias = noise<Real<D>>(cols, 2);
      Matrix wanted = x.matrix();
      for (Index r = 0; r < 600; ++r)
        for (Index c = 0; c < cols; ++c)
          wanted(r, c) += static_cast<double>(bias[static_cast<std::size_t>(c)]);
      add_to_rows(D{}, bias.data(), x.template view<D>());
      CHECK(largest_difference(x.matrix(), wanted) < 4 * ulp<Activation<D>>);
      CHECK(x.untouched());
      Workspace scratch;
      std::vector<Real<D>> sums(static_cast<std::size_t>(cols), Real<D>(1));
      add_column_sums(D{.threads = 2}, scratch, In<D>(x.template view<D>()), sums.data());
      const Matrix rows = x.matrix();
      for (Index c = 0; c < cols; ++c) {
        const double sum = static_cast<double>(sums[static_cast<std::size_t>(c)]) - 1;
        CHECK(std::abs(sum - rows.col(c).sum()) <
              600 * ulp<Real<D>> * (1 + rows.col(c).cwiseAbs().sum()));
      }
    }
}
