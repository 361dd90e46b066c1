// The kernel itself; tests/loss/masked_tokens_test.cpp has the laws of the loss.
#include <selfsame/kernel/cpu/linear_cross_entropy.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("a linear layer with cross-entropy has its formula for every instruction set",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  using R = Real<D>;
  for (const Index cols : {1, 3, 40, 205})
    for (const Isa isa : isas()) {
      CAPTURE(cols, static_cast<int>(isa));
      const Forced forced(isa);
      Padded<A> x(11, 9, 1), dx = x;
      Padded<R> w(cols, 9, 3), b(1, cols, 4), dw = w, db = b;
      std::vector<Index> labels;
      for (Index j = 0; j < 11; ++j) labels.push_back(j == 4 ? -1 : 7 * j % cols);
      Matrix g =
          (x.matrix() * w.matrix().transpose()).rowwise() + Eigen::RowVectorXd(b.matrix().row(0));
      double value = 0;
      for (Index j = 0; j < 11; ++j) {
        const Index label = labels[static_cast<std::size_t>(j)];
        if (label < 0) {
          g.row(j).setZero();
          continue;
        }
        const double wanted = g(j, label);
        g.row(j) = g.row(j).array().exp();
        value += std::log(g.row(j).sum()) - wanted;
        g.row(j) /= g.row(j).sum();
        g(j, label) -= 1;
      }
      Workspace scratch;
      const double sum = linear_cross_entropy_sum(
          D{.threads = 2}, scratch, Differentiable<D>{x.template view<D>(), dx.template view<D>()},
          DifferentiableWeights<D>{w.template view<D>(), dw.template view<D>(), 1, false},
          DifferentiableWeights<D>{b.template view<D>(), db.template view<D>(), 1, false},
          view<D>(labels), R(0.25));
      const double rounding = 100 * ulp<A>;
      CHECK(std::abs(sum - value) < 10 * rounding);
      CHECK(largest_difference(dx.matrix(), 0.25 * g * w.matrix()) < rounding);
      CHECK(largest_difference(dw.matrix(), 0.25 * g.transpose() * x.matrix()) < rounding);
      CHECK(largest_difference(db.matrix(), 0.25 * g.colwise().sum()) < rounding);
      CHECK((dx.untouched() && dw.untouched() && db.untouched()));
    }
}
