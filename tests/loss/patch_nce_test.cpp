#include <selfsame/loss/patch_nce.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

struct Result {
  double value;
  Dense predictions, targets;
};
template <class D = F64>
Result run(const Dense& predictions, const Dense& targets, const GridOffsetRelation& grid,
           double scale, int threads = 1) {
  Strided<D> p(predictions), t(targets);
  const double value = patch_nce(D{.threads = threads}, p.differentiable(), t.differentiable(),
                                 grid, static_cast<Real<D>>(scale));
  CHECK((p.untouched() && t.untouched()));
  return {value, p.slope(), t.slope()};
}
Result naive(const Dense& p, const Dense& t, const GridOffsetRelation& grid, double scale) {
  const Reference r = naive_contrast(p, t, Dense(0, p.cols()), grid, 1 / scale);
  return {r.value, r.rows, r.columns};
}

}  // namespace

TEMPLATE_TEST_CASE("Patch InfoNCE agrees with the formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [images, side, offset, width] = GENERATE(table<Index, Index, Index, Index>(
      {{1, 2, 1, 3}, {2, 3, 2, 5}, {3, 6, 3, 64}, {11, 6, 1, 9}, {2, 3, 3, 4}}));
  const double scale = GENERATE(0.1, 1.0, 30.0);  // also logits too large for one shift
  CAPTURE(images, side, offset, width, scale);
  const GridOffsetRelation grid{side, offset};
  const Dense p = noise(grid.rows(images), width, 1), t = noise(images * side * side, width, 2);
  Strided<D> rp(p), rt(t);
  const Result wanted = naive(rp.rounded(), rt.rounded(), grid, scale),
               mine = run<D>(p, t, grid, scale, 2);
  const double rounding = epsilon<D> * (200 + 40 * scale * static_cast<double>(width));
  CHECK(std::abs(mine.value - wanted.value) < rounding * std::max(1.0, wanted.value));
  CHECK(worst(mine.predictions, wanted.predictions, 1e-2) < 2 * rounding);
  CHECK(worst(mine.targets, wanted.targets, 1e-2) < 2 * rounding);
}

TEST_CASE("Patch InfoNCE: both gradients agree with central differences", "[loss]") {
  const GridOffsetRelation grid{3, 1};
  const Dense p = noise(grid.rows(2), 3, 1), t = noise(18, 3, 2);
  const Result r = run(p, t, grid, .5);
  CHECK(difference_error([&](const Dense& x) { return run(x, t, grid, .5).value; }, p,
                         r.predictions) < 1e-6);
  CHECK(difference_error([&](const Dense& x) { return run(p, x, grid, .5).value; }, t, r.targets) <
        1e-6);
}

TEST_CASE("Patch InfoNCE has the golden numbers of a small grid", "[loss]") {
  struct Labels {  // predictions 0 and 1 are to find targets 1 and 2
    Pair operator()(Index i, Index j) const { return {j == i + 1 ? 1. : 0., 1}; }
    bool has_exceptions(PairBlock) const { return true; }
  };
  Dense p(2, 2), t(3, 2);
  p << 10, 0, 0, 10;
  t << 1, 0, 0, 1, 1, 1;
  Strided<F64> x(p), y(t);
  Workspace scratch;
  Pass<F64> pass;
  const F64 device;
  pass.device = &device;
  pass.workspace = &scratch;
  CHECK(PatchNCE{}(pass, x.differentiable(), y.differentiable(), Labels{},
                   In<F64>{nullptr, 0, 2}) == Approx(1.361994804).epsilon(1e-9));
  Dense of_p(2, 2), of_t(3, 2);
  of_p << .042231880, -.021115940, -.021115940, -.007768120;
  of_t << .211159399, .077681202, -.422318798, .211159399, .211159399, -.288840601;
  CHECK(worst(x.slope(), of_p) < 1e-7);
  CHECK(worst(y.slope(), of_t) < 1e-8);
}

TEST_CASE("Patch InfoNCE of linear maps of a grid has its golden numbers",
          "[loss]") {  // context as its listing computes it
  // z -> context by five residual blocks (masked convolutions of 2 channels), written straight.
  constexpr Index B = 2, G = 3;
  Dense z(B * G * G, 2), c(B * G * G, 2);
  for (Index r = 0; r < z.rows(); ++r)
    for (Index ch = 0; ch < 2; ++ch) z(r, ch) = 2 * std::sin(double(1 + 2 * r + ch));
  const auto context = [&](const Dense& in) {
    Dense x = in;
    const auto w = [](auto f, double a, Index o, Index i, double more = 0) {
      return .4 * f(a + 2 * double(o) + 3 * double(i) + more);
    };
    const auto sin = [](double v) { return std::sin(v); };
    const auto cos = [](double v) { return std::cos(v); };
    for (int block = 0; block < 5; ++block) {
      const double b = block;
      Dense u = Dense::Zero(x.rows(), 3), v = u, m = u;
      for (Index r = 0; r < x.rows(); ++r)
        for (Index o = 0; o < 3; ++o) {
          for (Index i = 0; i < 2; ++i) u(r, o) += w(sin, 1 + b, o, i) * x(r, i);
          u(r, o) = std::max(u(r, o), 0.);
        }
      for (Index r = 0; r < x.rows(); ++r)
        for (Index o = 0; o < 3; ++o)
          for (Index q = 0; q < 3; ++q) {
            const Index col = r % G + q - 1;
            if (col < 0 || col >= G) continue;
            for (Index i = 0; i < 3; ++i)
              v(r, o) += w(cos, 1 + b, o, i, 5 * double(q)) * u(r + q - 1, i);
          }
      for (Index r = 0; r < x.rows(); ++r)
        for (Index o = 0; o < 3; ++o) {
          for (Index p = 0; p < 2; ++p) {
            if (r / G % G + p - 1 < 0) continue;
            for (Index i = 0; i < 3; ++i)
              m(r, o) += w(sin, 2 + b, o, i, 5 * double(p)) * v(r + (p - 1) * G, i);
          }
          m(r, o) = std::max(m(r, o), 0.);
        }
      for (Index r = 0; r < x.rows(); ++r)
        for (Index o = 0; o < 2; ++o)
          for (Index i = 0; i < 3; ++i) x(r, o) += w(cos, 2 + b, o, i) * m(r, i);
    }
    return Dense(x.cwiseMax(0.));
  };
  c = context(z);
  CHECK(c(0, 0) == Approx(1.648651426).epsilon(1e-9));
  CHECK(c(7, 0) == Approx(1.154629816).epsilon(1e-9));
  Dense T(2, 2), W(2, 2);
  for (Index o = 0; o < 2; ++o)
    for (Index i = 0; i < 2; ++i) {
      T(o, i) = std::cos(1 + 2 * double(o) + 3 * double(i));
      W(o, i) = std::sin(3 + 2 * double(o) + 3 * double(i));
    }
  const auto loss = [&](const Dense& patches, Index offset) {
    const GridOffsetRelation grid{G, offset};
    const Dense own = context(patches);
    Dense rows(grid.rows(B), 2);
    for (Index i = 0; i < B; ++i)
      rows.middleRows(i * (G - offset) * G, (G - offset) * G) =
          own.middleRows(i * G * G, (G - offset) * G);
    return run(rows * W.transpose(), patches * T.transpose(), grid, .1).value;
  };
  CHECK(loss(z, 1) == Approx(2.792527023).epsilon(1e-9));
  CHECK(loss(z, 2) == Approx(2.804190119).epsilon(1e-9));
}

TEST_CASE("Patch InfoNCE agrees with PyTorch in value and both gradients", "[loss]") {
  const Golden golden = Golden::read("loss/patch_nce.txt");
  const auto dense = [&](const std::string& name) {
    const Golden::Array& a = golden[name];
    return Dense(Eigen::Map<const Dense>(a.values.data(), a.rows, a.cols));
  };
  const Result r = run(dense("predictions"), dense("targets"), {4, 2}, .3);
  CHECK(r.value == Approx(golden["value"].values[0]).epsilon(1e-12));
  CHECK(worst(r.predictions, dense("of_predictions")) < 1e-11);
  CHECK(worst(r.targets, dense("of_targets")) < 1e-11);
}

TEST_CASE("Patch InfoNCE of zero predictions is the log of the number of patches", "[loss]") {
  const GridOffsetRelation grid{6, 3};
  const Dense t = noise(36, 5, 1);
  const Result r = run(Dense::Zero(18, 5), t, grid, .1);
  CHECK(r.value == Approx(3.583518938).epsilon(1e-9));
  CHECK(r.targets.cwiseAbs().maxCoeff() == 0);
  CHECK(r.predictions.cwiseAbs().maxCoeff() > 1e-4);
  const Result same = run(noise(18, 5, 2), Dense::Constant(36, 5, .5), grid, .1);
  CHECK(same.value == Approx(3.583518938).epsilon(1e-9));
  CHECK(same.predictions.cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("Patch InfoNCE: targets' gradients sum to zero and a common shift changes nothing",
          "[loss]") {
  const GridOffsetRelation grid{4, 1};
  const Dense p = noise(24, 5, 1), t = noise(32, 5, 2);
  const Result r = run(p, t, grid, .3);
  CHECK(r.targets.colwise().sum().cwiseAbs().maxCoeff() < 1e-15);
  const Dense moved = t.rowwise() + Eigen::RowVectorXd::Constant(5, .7);
  CHECK(run(p, moved, grid, .3).value == Approx(r.value).epsilon(1e-12));
}

TEST_CASE("Patch InfoNCE: half the scale and twice the predictions are the same loss", "[loss]") {
  const GridOffsetRelation grid{4, 2};
  const Dense p = noise(24, 5, 1), t = noise(48, 5, 2);
  const double value = run(p, t, grid, .4).value;
  CHECK(run(2 * p, t, grid, .2).value == Approx(value).epsilon(1e-13));
  CHECK(value >= 0);
  Dense p2 = p, t2 = t;
  p2.topRows(8).swap(p2.bottomRows(8));
  t2.topRows(16).swap(t2.bottomRows(16));
  CHECK(run(p2, t2, grid, .4).value == Approx(value).epsilon(1e-13));
}

TEST_CASE("Patch InfoNCE of an offset beyond the grid costs nothing", "[loss]") {
  const Result r = run(Dense(0, 5), noise(18, 5, 1), {3, 3}, .1);
  CHECK(r.value == 0);
  CHECK(r.targets.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Patch InfoNCE has the same bits with any number of threads", "[loss]") {
  const GridOffsetRelation grid{6, 2};
  const Dense p = noise(grid.rows(12), 16, 1), t = noise(432, 16, 2);
  const Result one = run<Cpu>(p, t, grid, .1);
  for (const int threads : {2, 3, 7}) {
    const Result r = run<Cpu>(p, t, grid, .1, threads);
    CHECK(r.value == one.value);
    CHECK(r.predictions == one.predictions);
    CHECK(r.targets == one.targets);
  }
}

TEST_CASE("Patch InfoNCE names what does not agree", "[loss]") {
  CHECK_THROWS_WITH(run(noise(6, 3, 1), noise(18, 3, 2), {3, 1}, .1),
                    ContainsSubstring("predictions are (6, 3)") &&
                        ContainsSubstring("9 patches and 6 predictions"));
  CHECK_THROWS_WITH(run(noise(12, 3, 1), noise(18, 4, 2), {3, 1}, .1),
                    ContainsSubstring("widths must agree"));
  CHECK_THROWS_WITH(run(noise(12, 3, 1), noise(18, 3, 2), {3, 0}, .1),
                    ContainsSubstring("at least 1"));
  CHECK_THROWS_WITH(run(noise(12, 3, 1), noise(18, 3, 2), {3, 1}, 0),
                    ContainsSubstring("scale is 0; it must be in"));
}
