#include <selfsame/kernel/cpu/divergence.hpp>

#include "kernel/devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using Row = Eigen::RowVectorXd;

Row log_softmax(const Row& z, double temperature) {
  Row v = (z.array() - z.maxCoeff()) / temperature;
  v.array() -= std::log(v.array().exp().sum());
  return v;
}
/// Value and gradient of one row, straight.
double naive(const Row& z, const Row& a, Divergence form, double tz, double ta, Row& gradient) {
  const Row u = log_softmax(z, tz), w = log_softmax(a, ta);
  const Row p = u.array().exp(), q = w.array().exp();
  const Row d = p - q;
  double value = 0;
  switch (form) {
    case Divergence::kl: value = (q.array() * (w - u).array()).sum(), gradient = d; break;
    case Divergence::cross_entropy: value = -q.dot(u), gradient = d; break;
    case Divergence::reverse_kl:
      value = (p.array() * (u - w).array()).sum();
      gradient = p.array() * ((u - w).array() - value);
      break;
    case Divergence::squared:
      value = d.squaredNorm();
      gradient = 2 * p.array() * (d.array() - p.dot(d));
      break;
  }
  gradient /= tz;
  return value;
}

}  // namespace

TEMPLATE_TEST_CASE("Each divergence agrees with its formula, row by row", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  using A = Activation<D>;
  const Divergence form = GENERATE(Divergence::kl, Divergence::cross_entropy,
                                   Divergence::reverse_kl, Divergence::squared);
  const auto [rows, cols] =
      GENERATE(table<Index, Index>({{1, 1}, {2, 2}, {5, 3}, {9, 16}, {40, 129}, {3, 9001}}));
  const double threshold = GENERATE(0.0, 0.4);
  CAPTURE(static_cast<int>(form), rows, cols, threshold);
  Padded<A> z(rows, cols, 1), a(rows, cols, 2);
  for (Index i = 0; i < rows; i += 2) a.template view<D>()(i, i % cols) = 12;  // sure of it
  const double rounding = 128 * static_cast<double>(std::numeric_limits<A>::epsilon());
  Workspace scratch;
  for (const Isa isa : isas())
    for (const bool add : {false, true}) {
      const Forced forced(isa);
      CAPTURE(static_cast<int>(isa), add);
      Padded<A> g(rows, cols, 3);
      const Differentiable<D> differentiable{z.template view<D>(), g.template view<D>(), R(-2),
                                             add};
      Matrix slope = add ? g.matrix() : Matrix::Zero(rows, cols);
      const DivergenceSum mine =
          divergence_sum(D{.threads = 2}, scratch, differentiable, a.template view<D>(), form,
                         R(0.5), R(0.8), static_cast<R>(threshold), R(3));
      double value = 0;
      Index kept = 0;
      for (Index i = 0; i < rows; ++i) {
        const Row teacher = a.matrix().row(i);
        if (std::exp(log_softmax(teacher, 1).maxCoeff()) < threshold) continue;
        Row one;
        value += naive(z.matrix().row(i), teacher, form, 0.5, 0.8, one);
        slope.row(i) -= 2 * 3 * one;
        ++kept;
      }
      CHECK((mine.rows.kept == kept && mine.rows.undefined == 0));
      CHECK(std::abs(mine.value - value) <= rounding * std::max(1.0, value));
      CHECK((g.matrix() - slope).cwiseAbs().maxCoeff() <= 16 * rounding);
      CHECK(g.untouched());
    }
}

TEMPLATE_TEST_CASE("Equal rows have no divergence and no gradient, to rounding", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Divergence form : {Divergence::kl, Divergence::reverse_kl, Divergence::squared}) {
    Padded<Activation<D>> z(7, 45, 1), g(7, 45, 2);
    Workspace scratch;
    const Differentiable<D> differentiable{z.template view<D>(), g.template view<D>()};
    const double value = divergence_sum(D{}, scratch, differentiable, z.template view<D>(), form,
                                        Real<D>(0.7), Real<D>(0.7), Real<D>(0), Real<D>(1))
                             .value;
    const double rounding = 4 * std::numeric_limits<Activation<D>>::epsilon();
    CHECK(std::abs(value) <= rounding);  // the same sums, but not always the same instructions
    CHECK(g.matrix().cwiseAbs().maxCoeff() <= rounding);
  }
}

TEMPLATE_TEST_CASE("A teacher's row that is not kept hides a student's NaN, and none of its own",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  const Divergence form = GENERATE(Divergence::kl, Divergence::cross_entropy,
                                   Divergence::reverse_kl, Divergence::squared);
  Padded<A> z(3, 20, 1), a(3, 20, 2), g(3, 20, 3);
  z.template view<D>()(0, 4) = static_cast<A>(NAN);  // the teacher is not sure
  a.template view<D>()(1, 7) = static_cast<A>(NAN);
  a.template view<D>()(2, 7) = 30;
  Workspace scratch;
  const Differentiable<D> differentiable{z.template view<D>(), g.template view<D>()};
  const auto run = [&](double threshold) {
    return divergence_sum(D{}, scratch, differentiable, a.template view<D>(), form, Real<D>(1),
                          Real<D>(1), static_cast<Real<D>>(threshold), Real<D>(1));
  };
  const DivergenceSum sum = run(0.5);
  CHECK((sum.rows.kept == 1 && sum.rows.undefined == 1));
  CHECK(sum.rows.first == 1);
  CHECK(std::isnan(sum.value));
  CHECK(g.matrix().row(0).cwiseAbs().maxCoeff() == 0);
  CHECK(g.matrix().row(1).hasNaN());
  CHECK(g.matrix().row(2).cwiseAbs().maxCoeff() > 0.01);
  CHECK(std::isnan(run(0).value));
  CHECK(g.matrix().topRows(2).hasNaN());
}

TEST_CASE("No rows and no classes have no divergence", "[kernel]") {
  using D = BasicCpu<double>;
  Workspace scratch;
  for (const auto& [rows, cols] : {std::pair<Index, Index>{0, 3}, {2, 0}}) {
    const Differentiable<D> differentiable{{nullptr, rows, cols}, {nullptr, rows, cols}};
    CHECK(divergence_sum(D{}, scratch, differentiable, {nullptr, rows, cols}, Divergence::kl, 1.0,
                         1.0, 0.5, 1.0)
              .value == 0);
  }
}
