// The kernel itself; tests/loss/swapped_prediction_test.cpp has the laws of the loss.
#include <selfsame/kernel/cpu/swapped_prediction.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE(
    "swapped prediction's kernel sums its terms and factors for every instruction set", "[kernel]",
    SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  const Index images = 5, views = 3;
  for (const Index cols : {1, 3, 40, 205})
    for (const Index coded : {1, 2, 3})
      for (const Isa isa : isas()) {
        CAPTURE(cols, coded, static_cast<int>(isa));
        const Forced forced(isa);
        Padded<A> z(images * views, 9, 1), codes(images * coded, cols, 2);
        Padded<Real<D>> c(cols, 9, 3), dc = c;
        Padded<A> dz = z;
        const Matrix q = codes.matrix();  // not distributions: the formula holds for all
        Matrix g = Matrix::Zero(images * views, cols);
        double value = 0;
        for (Index r = 0; r < images * views; ++r)
          for (Index i = r % images; i < codes.rows; i += images) {
            if (i == r) continue;
            const Eigen::RowVectorXd s = c.matrix() * z.matrix().row(r).transpose() / 0.3;
            const Eigen::RowVectorXd e = (s.array() - s.maxCoeff()).exp();
            value += q.row(i).sum() * (std::log(e.sum()) + s.maxCoeff()) - q.row(i).dot(s);
            g.row(r) += (q.row(i).sum() * e / e.sum() - q.row(i)) * (0.7 / 0.3);
          }
        Workspace scratch;
        const double sum = swapped_prediction_sum(
            D{.threads = 2}, scratch,
            Differentiable<D>{z.template view<D>(), dz.template view<D>()},
            DifferentiableWeights<D>{c.template view<D>(), dc.template view<D>(), 1, false},
            codes.template view<D>(), images, Real<D>(0.3), Real<D>(0.7));
        const double rounding = 1000 * ulp<A>;  // gradients are of order ten
        CHECK(std::abs(sum - value) < rounding * 10);
        CHECK(largest_difference(dz.matrix(), g * c.matrix()) < rounding);
        CHECK(largest_difference(dc.matrix(), g.transpose() * z.matrix()) < rounding);
        CHECK((dz.untouched() && dc.untouched()));
      }
}
