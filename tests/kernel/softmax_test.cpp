#include <selfsame/kernel/cpu/softmax.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("softmax and log-sum-exp of rows agree with double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const D device{.threads = 2};
  for (const Isa isa : isas())
    for (const Index cols : {1, 3, 16, 45, 3000})
      for (const double temperature : {0.01, 1.0, 50.0}) {
        CAPTURE(static_cast<int>(isa), cols, temperature);
        const Forced forced(isa);
        Padded<Activation<D>> s(9, cols, 1), p(9, cols, 2);
        const Matrix logits = s.matrix() / temperature;
        const Eigen::VectorXd top = logits.rowwise().maxCoeff();
        const Matrix terms = (logits.colwise() - top).array().exp().matrix();
        const Eigen::VectorXd all = terms.rowwise().sum();
        std::vector<Real<D>> sums(9);
        softmax(device, s.template view<D>(), static_cast<Real<D>>(temperature),
                p.template view<D>());
        row_log_sum_exp(device, s.template view<D>(), static_cast<Real<D>>(temperature),
                        view<D>(sums));
        const double rounding = ulp<Activation<D>> * (8 + 4 / temperature);
        CHECK(largest_difference(p.matrix(), all.cwiseInverse().asDiagonal() * terms) < rounding);
        CHECK(p.untouched());
        CHECK(largest_difference(as_matrix(sums), top + all.array().log().matrix()) < 4 * rounding);
      }
}

TEST_CASE("rows with infinite scores have the documented softmax and log-sum-exp", "[kernel]") {
  using D = Cpu;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> s{0, -infinity, 0, -infinity, -infinity, -infinity, 1, NAN, 2, 1, infinity, 2};
  std::vector<float> p(12), sums(4), none(2);
  softmax(D{}, In<D>(s.data(), 4, 3), 1.f, Out<D>(p.data(), 4, 3));
  row_log_sum_exp(D{}, In<D>(s.data(), 4, 3), 1.f, view<D>(sums));
  CHECK(p[0] == 0.5f);
  CHECK(p[1] == 0);
  for (std::size_t i = 3; i < 12; ++i) CHECK((std::isnan(p[i]) || i >= 9));
  CHECK(std::abs(sums[0] - std::log(2.f)) < 1e-6f);
  CHECK(sums[1] == -infinity);
  CHECK(std::isnan(sums[2]));
  CHECK(sums[3] == infinity);
  row_log_sum_exp(D{}, In<D>(s.data(), 2, 0), 1.f, view<D>(none));
  CHECK(none == std::vector<float>(2, -infinity));
}
