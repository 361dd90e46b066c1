#include <selfsame/kernel/cpu/logit_strips.hpp>

#include "devices.hpp"

#include <atomic>
#include <cmath>

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

/// f(s) = sum sin(s): its slopes are cos(s).
struct Wanted {
  Matrix values, rows, columns, bias;
};
Wanted naive(const Matrix& x, const Matrix& c, const Matrix& bias) {
  Matrix s = x * c.transpose();
  if (bias.cols() > 0) s.rowwise() += bias.row(0);
  const Matrix g = s.array().cos();
  return {s.array().sin().rowwise().sum(), g * c, g.transpose() * x, g.colwise().sum()};
}
template <class R>
void cosines(Index first, auto s, std::vector<double>& values) {
  for (Index r = 0; r < s.rows; ++r) {
    double& value = values[static_cast<std::size_t>(first + r)];
    for (Index k = 0; k < s.cols; ++k) {
      value += std::sin(static_cast<double>(s(r, k)));
      s(r, k) = std::cos(s(r, k));
    }
  }
}
template <class T>
Padded<T> filled(Padded<T> like, T number) {
  for (Index r = 0; r < like.rows; ++r)
    std::fill_n(like.data.data() + r * like.stride, like.cols, number);
  return like;
}
const std::array<Index, 3>
    all_sizes[] = {{1, 1, 1},      {2, 3, 1},     {5, 7, 3},     {13, 33, 17},
                   {150, 65, 33},  {145, 1, 40},  {1, 450, 20},  {300, 777, 5},
                   {30, 200, 700}, {800, 33, 17}, {290, 2500, 4}};  // the last two: several strips

}  // namespace

TEMPLATE_TEST_CASE("logits in strips and both gradients are those of whole products", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  using R = Real<D>;
  Workspace scratch;
  for (const Isa isa : isas())
    for (const auto& [rows, cols, width] : all_sizes)
      for (const bool biased : {false, true}) {
        CAPTURE(static_cast<int>(isa), rows, cols, width, biased);
        const Forced forced(isa);
        Padded<A> x(rows, width, 1), c(cols, width, 2);
        Padded<R> bias(1, cols, 3);
        auto dx = filled(x, A(NAN)), dc = filled(c, A(NAN));
        auto db = filled(bias, R(1));
        std::vector<double> values(static_cast<std::size_t>(rows));
        const auto slopes = [&](Index first, MatrixView<R, D> s) { cosines<R>(first, s, values); };
        const Differentiable<D> live_x{x.template view<D>(), dx.template view<D>()};
        const Differentiable<D> live_c{c.template view<D>(), dc.template view<D>(), 2};
        if (biased)
          logit_strips(D{.threads = 2}, scratch, live_x, live_c,
                       DifferentiableWeights<D>{bias.template view<D>(), db.template view<D>(), 3},
                       slopes);
        else
          logit_strips(D{.threads = 2}, scratch, live_x, live_c, NoBias{}, slopes);
        const Wanted wanted = naive(x.matrix(), c.matrix(), biased ? bias.matrix() : Matrix(1, 0));
        const double rounding = ulp<A> * 8 * static_cast<double>(rows + cols + width);
        CHECK(largest_difference(as_matrix(values), wanted.values) < rounding);
        CHECK(largest_difference(dx.matrix(), wanted.rows) < rounding);
        CHECK(largest_difference(dc.matrix(), 2 * wanted.columns) < 2 * rounding);
        if (biased)
          CHECK(largest_difference(db.matrix(), Matrix((3 * wanted.bias).array() + 1)) <
                3 * rounding);
        CHECK((dx.untouched() && dc.untouched() && db.untouched()));
      }
}

TEMPLATE_TEST_CASE("columns of a strip may be weights, whose gradient is added", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  Padded<Activation<D>> x(7, 5, 1);
  Padded<Real<D>> c(9, 5, 2);
  auto dx = filled(x, Activation<D>(4));
  auto dc = filled(c, Real<D>(1));
  Workspace scratch;
  std::vector<double> values(7);
  const auto slopes = [&](Index first, MatrixView<Real<D>, D> s) {
    cosines<Real<D>>(first, s, values);
  };
  logit_strips(
      D{}, scratch, Differentiable<D>{x.template view<D>(), dx.template view<D>()}.added(-1),
      DifferentiableWeights<D>{c.template view<D>(), dc.template view<D>(), 2}, NoBias{}, slopes);
  const Wanted wanted = naive(x.matrix(), c.matrix(), Matrix(1, 0));
  const double rounding = 100 * ulp<Activation<D>>;
  CHECK(largest_difference(dx.matrix(), Matrix(4 - wanted.rows.array())) < rounding);
  CHECK(largest_difference(dc.matrix(), Matrix(1 + 2 * wanted.columns.array())) < rounding);
  logit_strips(D{}, scratch, x.template view<D>(),
               DifferentiableWeights<D>{c.template view<D>(), dc.template view<D>(), 1, false},
               NoBias{}, slopes);
  CHECK(largest_difference(dc.matrix(), wanted.columns) < rounding);
}

TEST_CASE("without gradients the engine shows the logits of each row once", "[kernel]") {
  const Index rows = 500, cols = 700, width = 9;
  Padded<double> x(rows, width, 1), c(cols, width, 2), bias(1, cols, 3);
  Workspace scratch;
  std::vector<std::atomic<int>> seen(rows);
  Matrix s(rows, cols);
  const auto read = [&](Index first, MatrixView<double, F64> part) {
    for (Index r = 0; r < part.rows; ++r) {
      ++seen[static_cast<std::size_t>(first + r)];
      for (Index k = 0; k < cols; ++k) s(first + r, k) = part(r, k);
    }
  };
  const In<F64> constant_rows = x.view<F64>(), constant_columns = c.view<F64>();
  logit_strips(F64{.threads = 3}, scratch, constant_rows, constant_columns, bias.view<F64>(), read);
  for (const auto& times : seen) CHECK(times == 1);
  CHECK(largest_difference(s, (x.matrix() * c.matrix().transpose()).rowwise() +
                                  Eigen::RowVectorXd(bias.matrix().row(0))) < 1e-13);
  CHECK(scratch.capacity() < 3 << 20);  // the logits are 2.8 MB, a strip 2 MB
}

TEST_CASE("a null gradient is not written, the others are as before", "[kernel]") {
  Padded<double> x(20, 6, 1), c(30, 6, 2);
  Workspace scratch;
  std::vector<double> values(20);
  const auto slopes = [&](Index first, MatrixView<double, F64> s) {
    cosines<double>(first, s, values);
  };
  const Wanted wanted = naive(x.matrix(), c.matrix(), Matrix(1, 0));
  auto dx = filled(x, double{NAN}), dc = filled(c, 0.0);
  logit_strips(F64{}, scratch, Differentiable<F64>{x.view<F64>(), dx.view<F64>()},
               DifferentiableWeights<F64>{c.view<F64>(), {}}, NoBias{}, slopes);
  CHECK(largest_difference(dx.matrix(), wanted.rows) < 1e-13);
  logit_strips(F64{}, scratch, Differentiable<F64>{x.view<F64>(), {}},
               DifferentiableWeights<F64>{c.view<F64>(), dc.view<F64>()}, NoBias{}, slopes);
  CHECK(largest_difference(dc.matrix(), wanted.columns) < 1e-13);
}

TEST_CASE("no rows, no columns, no width: gradients are of empty sums", "[kernel]") {
  Workspace scratch;
  for (const auto& [rows, cols, width] :
       {std::array<Index, 3>{0, 4, 3}, {4, 0, 3}, {4, 3, 0}, {0, 0, 0}}) {
    CAPTURE(rows, cols, width);
    Padded<double> x(rows, width, 1), c(cols, width, 2);
    auto dx = filled(x, double{NAN}), dc = filled(c, double{NAN});
    Index seen = 0;
    logit_strips(F64{}, scratch, Differentiable<F64>{x.view<F64>(), dx.view<F64>()},
                 Differentiable<F64>{c.view<F64>(), dc.view<F64>()}, NoBias{},
                 [&](Index, MatrixView<double, F64> s) {
                   seen += s.rows;
                   for (Index r = 0; r < s.rows; ++r)
                     for (Index k = 0; k < s.cols; ++k) {
                       CHECK(s(r, k) == 0);
                       s(r, k) = 1;
                     }
                 });
    CHECK(seen == rows);
    CHECK(largest_difference(dx.matrix(), Matrix::Zero(rows, width)) == 0);
    CHECK(largest_difference(dc.matrix(), Matrix::Zero(cols, width)) == 0);
  }
}

TEST_CASE("gradients of strips have the same bits with one, two, three and seven threads",
          "[kernel]") {
  Padded<float> x(401, 37, 1), c(1500, 37, 2), bias(1, 1500, 3);
  const auto run = [&](int threads) {
    Workspace scratch;
    auto dx = filled(x, float{NAN}), dc = filled(c, 0.f), db = filled(bias, 0.f);
    std::vector<double> values(401);
    logit_strips(Cpu{.threads = threads}, scratch,
                 Differentiable<Cpu>{x.view<Cpu>(), dx.view<Cpu>()},
                 DifferentiableWeights<Cpu>{c.view<Cpu>(), dc.view<Cpu>()},
                 DifferentiableWeights<Cpu>{bias.view<Cpu>(), db.view<Cpu>()},
                 [&](Index first, MatrixView<float, Cpu> s) { cosines<float>(first, s, values); });
    return std::array{as_matrix(values), dx.matrix(), dc.matrix(), db.matrix()};
  };
  const auto one = run(1);
  for (const int threads : {2, 3, 7}) CHECK(run(threads) == one);
}

TEST_CASE("after the first call of a shape the engine takes no extra_negatives memory",
          "[kernel]") {
  Padded<float> x(300, 16, 1), c(500, 16, 2);
  auto dx = x, dc = c;
  Workspace scratch;
  const auto run = [&] {
    logit_strips(Cpu{}, scratch, Differentiable<Cpu>{x.view<Cpu>(), dx.view<Cpu>()},
                 Differentiable<Cpu>{c.view<Cpu>(), dc.view<Cpu>()}, NoBias{},
                 [](Index, MatrixView<float, Cpu>) {});
  };
  run();
  const std::size_t before = scratch.capacity();
  run();
  CHECK(scratch.capacity() == before);
}
