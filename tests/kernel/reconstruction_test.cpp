#include <selfsame/kernel/cpu/reconstruction.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;
struct Result {
  double value;
  Dense gradient;
};
enum class Kind { squared, smooth };

template <class D>
double sum(Kind kind, int threads, Differentiable<D> differentiable, In<D> targets, double beta) {
  Workspace scratch;
  const D device{.threads = threads};
  if (kind == Kind::squared)
    return squared_error_sum(device, scratch, differentiable, targets, Real<D>(1));
  return smooth_l1_sum(device, scratch, differentiable, targets, static_cast<Real<D>>(beta),
                       Real<D>(1));
}
/// On rows with a stride, and on rows that lie side by side.
template <class D = F64>
Result run(Kind kind, const Dense& x, const Dense& t, double beta = 1, int threads = 1) {
  Strided<D> rows(x), targets(t);
  const double value = sum<D>(kind, threads, rows.differentiable(), targets.in(), beta);
  REQUIRE((rows.untouched() && targets.untouched()));
  RowMajor<Activation<D>> flat = x.template cast<Activation<D>>(), to = flat,
                          flat_targets = t.template cast<Activation<D>>();
  const Differentiable<D> differentiable{view<D>(std::as_const(flat)), view<D>(to)};
  const double again =
      sum<D>(kind, threads, differentiable, view<D>(std::as_const(flat_targets)), beta);
  REQUIRE(((std::isnan(value) && std::isnan(again)) ||
           again == Approx(value).epsilon(128 * epsilon<D>)));
  if (x.size() > 0 && !std::isnan(value)) REQUIRE(to.template cast<double>() == rows.slope());
  return {value, rows.slope()};
}
Result naive(Kind kind, const Dense& x, const Dense& t, double beta) {
  Result r{0, x - t};
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.cols(); ++c) {
      const double d = x(i, c) - t(i, c);
      if (kind == Kind::squared)
        r.value += d * d, r.gradient(i, c) = 2 * d;
      else if (std::abs(d) < beta)
        r.value += d * d / (2 * beta), r.gradient(i, c) = d / beta;
      else
        r.value += std::abs(d) - beta / 2, r.gradient(i, c) = d > 0 ? 1 : -1;
    }
  return r;
}
template <class D = F64>
Result laplace(const Dense& decoded, const Dense& images, double margin = 0.1, int threads = 1) {
  Strided<D> rows(decoded), targets(images);
  Workspace scratch;
  const double value = logit_laplace_sum(D{.threads = threads}, scratch, rows.differentiable(),
                                         targets.in(), margin, Real<D>(1));
  REQUIRE((rows.untouched() && targets.untouched()));
  return {value, rows.slope()};
}
/// -log p, the density as such.
double naive_laplace(const Dense& decoded, const Dense& images, double margin) {
  double value = 0;
  const Index channels = images.cols();
  for (Index i = 0; i < images.rows(); ++i)
    for (Index c = 0; c < channels; ++c) {
      const double x = (1 - 2 * margin) * images(i, c) + margin,
                   b = std::exp(decoded(i, channels + c));
      const double r = std::log(x / (1 - x)) - decoded(i, c);
      value -= std::log(std::exp(-std::abs(r) / b) / (2 * b * x * (1 - x)));
    }
  return value;
}
Dense pixels(Index rows, Index cols, unsigned seed) {
  return ((noise(rows, cols, seed).array() * 0.3 + 0.5).min(1.).max(0.) * 256).round() / 256;
}

}  // namespace

TEMPLATE_TEST_CASE("Squared and smooth-L1 errors agree with the formulas in double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, cols] =
      GENERATE(table<Index, Index>({{0, 3}, {1, 1}, {2, 3}, {5, 17}, {9000, 3}, {3, 20001}}));
  const double beta = GENERATE(0.25, 1.0);
  CAPTURE(rows, cols, beta);
  const Dense x = Strided<D>(noise(rows, cols, 1)).rounded(), t = pixels(rows, cols, 2);
  for (const Kind kind : {Kind::squared, Kind::smooth}) {
    const Result mine = run<D>(kind, x, t, beta), wanted = naive(kind, x, t, beta);
    CHECK(mine.value == Approx(wanted.value).epsilon(64 * epsilon<D>));
    if (rows > 0) CHECK(worst(mine.gradient, wanted.gradient) < 8 * epsilon<D>);
  }
}

TEMPLATE_TEST_CASE("Logit-Laplace and its gradient agree with the density in double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, channels] =
      GENERATE(table<Index, Index>({{0, 3}, {1, 1}, {7, 3}, {900, 3}, {3, 5}}));
  const Dense decoded = Strided<D>(noise(rows, 2 * channels, 1)).rounded(),
              images = pixels(rows, channels, 2);
  const Result mine = laplace<D>(decoded, images);
  CHECK(mine.value == Approx(naive_laplace(decoded, images, .1)).epsilon(64 * epsilon<D>));
  Dense slope(rows, 2 * channels);
  for (Index i = 0; i < rows; ++i)
    for (Index c = 0; c < channels; ++c) {
      const double x = .8 * images(i, c) + .1, r = std::log(x / (1 - x)) - decoded(i, c),
                   narrow = std::exp(-decoded(i, channels + c));
      slope(i, c) = r > 0 ? -narrow : narrow;
      slope(i, channels + c) = 1 - std::abs(r) * narrow;
    }
  CHECK(worst(mine.gradient, slope) < 8 * epsilon<D>);
}

TEST_CASE("Reconstructions: gradients agree with central differences", "[kernel]") {
  const Dense x = noise(4, 6, 1), t = pixels(4, 6, 2), few = pixels(4, 3, 3);
  for (const Kind kind : {Kind::squared, Kind::smooth})
    CHECK(difference_error([&](const Dense& y) { return run(kind, y, t, 0.7).value; }, x,
                           run(kind, x, t, 0.7).gradient) < 1e-6);
  CHECK(difference_error([&](const Dense& y) { return laplace(y, few).value; }, x,
                         laplace(x, few).gradient) < 1e-6);
}

TEST_CASE("Squared and smooth-L1 errors have the golden numbers", "[kernel]") {
  Dense x(1, 4), t = Dense::Constant(1, 4, .5);
  for (Index k = 0; k < 4; ++k) x(0, k) = 2 * std::sin(static_cast<double>(1 + k));
  const Result square = run(Kind::squared, x, t), smooth = run(Kind::smooth, x, t);
  CHECK(square.value / 4 == Approx(1.810017140).epsilon(1e-9));
  CHECK(square.gradient(0, 0) / 4 == Approx(.5914709848).epsilon(1e-9));
  CHECK(square.gradient(0, 3) / 4 == Approx(-1.006802495).epsilon(1e-9));
  CHECK(smooth.value / 4 == Approx(.7597128798).epsilon(1e-9));
  CHECK(smooth.gradient(0, 0) / 4 == .25);
  CHECK(smooth.gradient(0, 1) / 4 == .25);
  CHECK(smooth.gradient(0, 2) / 4 == Approx(-.05443999597).epsilon(1e-9));
  CHECK(smooth.gradient(0, 3) / 4 == -.25);
}

TEST_CASE("Logit-Laplace has the golden numbers of one pixel", "[kernel]") {
  Dense decoded(1, 2);
  decoded << .1, -.5;
  const Result r = laplace(decoded, Dense::Constant(1, 1, .25));
  CHECK(r.value == Approx(.1943295644).epsilon(1e-9));
  CHECK(r.gradient(0, 0) == Approx(1.648721271).epsilon(1e-9));
  CHECK(r.gradient(0, 1) == Approx(-.5618301321).epsilon(1e-9));
  Strided<F64> rows(decoded), image(Dense::Zero(1, 1));
  logit_laplace_images(F64{}, rows.in(), .1, image.differentiable().gradient);
  CHECK(image.slope()(0, 0) == Approx(.5312239843).epsilon(1e-9));
}

TEST_CASE("Reconstructions agree with PyTorch's losses and distributions", "[kernel]") {
  const Golden golden = Golden::read("loss/dvae.txt");
  const Dense images = dense(golden["images"]), decoded = dense(golden["decoded"]);
  const auto n = static_cast<double>(images.size());
  const auto check = [&](const Result& r, const std::string& name) {
    CHECK(r.value / n == Approx(golden[name + "_value"].values[0]).epsilon(1e-12));
    CHECK(worst(r.gradient / n, dense(golden[name + "_gradient"])) < 1e-12);
  };
  check(run(Kind::squared, decoded, images), "squared");
  check(run(Kind::smooth, decoded, images, 1), "smooth_1.0");
  check(run(Kind::smooth, decoded, images, .25), "smooth_0.25");
  check(laplace(dense(golden["both"]), images), "laplace");
}

TEST_CASE("The density of logit-Laplace integrates to 1 on (0, 1)", "[kernel]") {
  for (const double s : {-1.0, 0.0, 0.4}) {
    Dense decoded(1, 2);
    decoded << .3, s;
    // x' = margin + (1 - 2 margin) x covers [margin, 1 - margin]; the tails are those of the Laplace
    const double margin = 1e-4;
    const Index steps = 40000;
    double inside = 0;
    for (Index i = 0; i < steps; ++i) {
      const double x = (static_cast<double>(i) + 0.5) / static_cast<double>(steps);
      inside += (1 - 2 * margin) / static_cast<double>(steps) *
                std::exp(-laplace(decoded, Dense::Constant(1, 1, x), margin).value);
    }
    const double b = std::exp(s), edge = std::log((1 - margin) / margin);
    const double tails = (std::exp(-(edge - .3) / b) + std::exp(-(edge + .3) / b)) / 2;
    CHECK(inside + tails == Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("Images of logit-Laplace are clamped to [0, 1], and a NaN stays", "[kernel]") {
  Dense decoded(4, 2);
  decoded << -9, 0, 9, 0, 0, 0, NAN, 0;
  Strided<Cpu> rows(decoded), images(Dense::Zero(4, 1));
  logit_laplace_images(Cpu{}, rows.in(), .1, images.differentiable().gradient);
  CHECK((images.slope()(0, 0) == 0 && images.slope()(1, 0) == 1));
  CHECK(images.slope()(2, 0) == Approx(.5));
  CHECK(std::isnan(images.slope()(3, 0)));
  CHECK(images.untouched());
}

TEST_CASE("Reconstructions of equal numbers have no slope, and hide no NaN", "[kernel]") {
  const Dense t = pixels(5, 3, 1);
  for (const Kind kind : {Kind::squared, Kind::smooth}) {
    const Result equal = run(kind, t, t);
    CHECK((equal.value == 0 && equal.gradient.cwiseAbs().maxCoeff() == 0));
    Dense wrong = t;
    wrong(3, 1) = NAN;
    const Result nan = run<Cpu>(kind, wrong, t), other = run<Cpu>(kind, t, wrong);
    CHECK((std::isnan(nan.value) && std::isnan(nan.gradient(3, 1)) && nan.gradient(3, 0) == 0));
    CHECK((std::isnan(other.value) && std::isnan(other.gradient(3, 1))));
  }
  Dense decoded = Dense::Zero(5, 6);
  const Result fit = laplace(decoded, Dense::Constant(5, 3, .5));
  CHECK(fit.gradient.leftCols(3).cwiseAbs().maxCoeff() < 1e-12);
  decoded(3, 1) = NAN;
  Result r = laplace(decoded, t);
  CHECK((std::isnan(r.value) && std::isnan(r.gradient(3, 1)) && std::isnan(r.gradient(3, 4))));
  CHECK(r.gradient.topRows(3).allFinite());
  CHECK(std::isnan(laplace(Dense::Zero(1, 2), Dense::Constant(1, 1, 7)).value));  // no pixel
}

TEST_CASE("Reconstructions write or add their gradients times factor and weight", "[kernel]") {
  const Dense x = noise(4, 6, 1), t = pixels(4, 6, 2), few = pixels(4, 3, 3);
  Strided<F64> rows(x), targets(t), images(few);
  Workspace scratch;
  const auto check = [&](const Result& r, const auto& again) {
    CHECK(again(rows.differentiable(-2)) == r.value);
    CHECK(worst(rows.slope(), -r.gradient) < 1e-14);
    CHECK(again(rows.differentiable().added(4)) == r.value);
    CHECK(worst(rows.slope(), r.gradient) < 1e-14);
  };
  check(run(Kind::squared, x, t), [&](Differentiable<F64> differentiable) {
    return squared_error_sum(F64{}, scratch, differentiable, targets.in(), .5);
  });
  check(run(Kind::smooth, x, t), [&](Differentiable<F64> differentiable) {
    return smooth_l1_sum(F64{}, scratch, differentiable, targets.in(), 1., .5);
  });
  check(laplace(x, few), [&](Differentiable<F64> differentiable) {
    return logit_laplace_sum(F64{}, scratch, differentiable, images.in(), .1, .5);
  });
}

TEST_CASE("Reconstructions have the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense x = noise(20000, 6, 1), t = pixels(20000, 6, 2), few = pixels(20000, 3, 3);
  for (const int threads : {2, 3, 7}) {
    for (const Kind kind : {Kind::squared, Kind::smooth}) {
      const Result one = run<Cpu>(kind, x, t), other = run<Cpu>(kind, x, t, 1, threads);
      CHECK((one.value == other.value && one.gradient == other.gradient));
    }
    const Result one = laplace<Cpu>(x, few), other = laplace<Cpu>(x, few, .1, threads);
    CHECK((one.value == other.value && one.gradient == other.gradient));
  }
}
