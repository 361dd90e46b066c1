#include <selfsame/kernel/cpu/cross_entropy.hpp>

#include "kernel/devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

/// The formula, straight: weighted targets, softmax, sums.
struct Naive {
  double value = 0;
  Matrix gradient;

  Naive(const Matrix& z, const Matrix& t, double temperature, double smoothing,
        const std::vector<double>& row_weights, const std::vector<double>& class_weights)
      : gradient(Matrix::Zero(z.rows(), z.cols())) {
    for (Index i = 0; i < z.rows(); ++i) {
      Eigen::RowVectorXd v = (z.row(i).array() - z.row(i).maxCoeff()) / temperature;
      v.array() -= std::log(v.array().exp().sum());
      Eigen::RowVectorXd all = (1 - smoothing) * t.row(i);
      all.array() += smoothing / static_cast<double>(z.cols()) * t.row(i).sum();
      for (Index c = 0; c < z.cols(); ++c)
        all(c) *=
            class_weights[static_cast<std::size_t>(c)] * row_weights[static_cast<std::size_t>(i)];
      value -= all.dot(v);
      gradient.row(i) = (all.sum() * Eigen::RowVectorXd(v.array().exp()) - all) / temperature;
    }
  }
};
template <class D>
std::vector<Real<D>> reals(const std::vector<double>& x) {
  return {x.begin(), x.end()};
}
std::vector<double> weights(Index size, unsigned seed) {
  auto w = noise<double>(size, seed);
  for (double& x : w) x = static_cast<double>(static_cast<float>(x * x));
  if (size > 2) w[1] = 0;
  return w;
}

}  // namespace

TEMPLATE_TEST_CASE("Cross-entropy's kernel agrees with its formula for every kind of target",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  using A = Activation<D>;
  const auto [rows, cols] =
      GENERATE(table<Index, Index>({{1, 1}, {2, 2}, {5, 3}, {9, 16}, {40, 129}, {5, 9001}}));
  const double smoothing = GENERATE(0.0, 0.1, 1.0);
  const bool row_weights = GENERATE(false, true), class_weights = GENERATE(false, true);
  CAPTURE(rows, cols, smoothing, row_weights, class_weights);
  const double temperature = 0.5;
  const auto by_row = row_weights ? weights(rows, 7)
                                  : std::vector<double>(static_cast<std::size_t>(rows), 1),
             by_class = class_weights ? weights(cols, 8)
                                      : std::vector<double>(static_cast<std::size_t>(cols), 1);
  const auto r = reals<D>(by_row), w = reals<D>(by_class);
  TermWeights<D> terms;
  if (row_weights) terms.rows = view<D>(r);
  if (class_weights) terms.classes = view<D>(w);
  std::vector<Index> labels;
  Matrix hard = Matrix::Zero(rows, cols);
  for (Index i = 0; i < rows; ++i) {
    labels.push_back(i == 3 ? -1 : (5 * i) % cols);
    if (labels.back() >= 0) hard(i, labels.back()) = 1;
  }
  Padded<A> z(rows, cols, 1), t(rows, cols, 2);
  for (A& x : t.data) x = std::abs(x);
  const double rounding = (96 + static_cast<double>(cols) / 16) *
                          static_cast<double>(std::numeric_limits<A>::epsilon());
  Workspace scratch;
  for (const Isa isa : isas())
    for (const bool add : {false, true}) {
      const Forced forced(isa);
      CAPTURE(static_cast<int>(isa), add);
      Padded<A> g(rows, cols, 3);
      const Matrix before = add ? g.matrix() : Matrix::Zero(rows, cols);
      const Differentiable<D> differentiable{z.template view<D>(), g.template view<D>(), R(-2),
                                             add};
      const auto check = [&](double mine, const Matrix& targets) {
        const Naive naive(z.matrix(), targets, temperature, smoothing, by_row, by_class);
        const double scale = std::max(1.0, targets.rowwise().sum().maxCoeff());
        CHECK(std::abs(mine - naive.value) <= rounding * std::max(scale, std::abs(naive.value)));
        CHECK((g.matrix() - before + 2 * 3 * naive.gradient).cwiseAbs().maxCoeff() <=
              8 * rounding * scale);
        CHECK(g.untouched());
      };
      check(cross_entropy_sum(D{.threads = 2}, scratch, differentiable,
                              Vector<const Index, D>(view<D>(labels)), R(temperature), R(3),
                              static_cast<R>(smoothing), terms),
            hard);
      g = Padded<A>(rows, cols, 3);
      const Differentiable<D> again{z.template view<D>(), g.template view<D>(), R(-2), add};
      check(cross_entropy_sum(D{.threads = 2}, scratch, again, In<D>(t.template view<D>()),
                              R(temperature), R(3), static_cast<R>(smoothing), terms),
            t.matrix());
    }
  double sum = 0, soft_sum = 0;
  const Matrix soft = t.matrix();
  for (Index i = 0; i < rows; ++i)
    for (Index c = 0; c < cols; ++c) {
      const double weight =
          by_row[static_cast<std::size_t>(i)] * by_class[static_cast<std::size_t>(c)];
      sum += weight * hard(i, c), soft_sum += weight * soft(i, c);
    }
  CHECK(cross_entropy_weight(D{}, scratch, Vector<const Index, D>(view<D>(labels)), terms) ==
        Approx(sum));
  CHECK(cross_entropy_weight(D{}, scratch, In<D>(t.template view<D>()), terms) ==
        Approx(soft_sum).epsilon(1e-5));
}

TEST_CASE("Cross-entropy takes a row of scratch a thread, never a matrix", "[kernel]") {
  const Index rows = 500, cols = 4096;
  std::vector<float> z(static_cast<std::size_t>(rows * cols), 0.5f), g = z;
  const std::vector<Index> labels(static_cast<std::size_t>(rows), 3);
  Workspace scratch;
  const Differentiable<Cpu> differentiable{{z.data(), rows, cols}, {g.data(), rows, cols}, 1, true};
  cross_entropy_sum(Cpu{.threads = 2}, scratch, differentiable,
                    Vector<const Index, Cpu>(view<Cpu>(labels)), 1.f, 1.f);
  cross_entropy_sum(Cpu{.threads = 2}, scratch, differentiable, In<Cpu>{z.data(), rows, cols}, 1.f,
                    1.f);
  CHECK(scratch.capacity() <= 2 * 65536);
}
