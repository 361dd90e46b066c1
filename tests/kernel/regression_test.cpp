#include <selfsame/kernel/cpu/regression.hpp>

#include "kernel/devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("A squared distance of unit rows is that of Eigen with every instruction set",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  using A = Activation<D>;
  for (const Isa isa : isas())
    for (const auto& [rows, cols] : {std::pair<Index, Index>{0, 3}, {1, 1}, {5, 17}, {70, 300}}) {
      const Forced forced(isa);
      CAPTURE(static_cast<int>(isa), rows, cols);
      Padded<A> p(rows, cols, 1), t(rows, cols, 2), g(rows, cols, 3);
      const Matrix before = g.matrix();
      Workspace scratch;
      const Differentiable<D> differentiable{p.template view<D>(), g.template view<D>(), R(2),
                                             true};
      const double sum = normalised_regression_sum(D{}, scratch, differentiable,
                                                   t.template view<D>(), R(0.5), R(3));
      double wanted = 0;
      Matrix slope = before;
      const Matrix x = p.matrix(), y = t.matrix();
      for (Index i = 0; i < rows; ++i) {
        const double norm = std::max(x.row(i).norm(), 0.5);
        const Eigen::RowVectorXd u = x.row(i) / norm, w = y.row(i) / std::max(y.row(i).norm(), 0.5);
        wanted += (u - w).squaredNorm();
        Eigen::RowVectorXd d = u - w;
        if (norm > 0.5) d -= u.dot(d) * u;
        slope.row(i) += 2 * 2 * 3 / norm * d;
      }
      const double rounding = 32 * static_cast<double>(std::numeric_limits<A>::epsilon());
      CHECK(std::abs(sum - wanted) <= rounding * std::max(1.0, wanted));
      if (rows > 0) CHECK((g.matrix() - slope).cwiseAbs().maxCoeff() < 16 * rounding);
      CHECK(g.untouched());
    }
}
