#include <selfsame/loss/dvae.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

/// Two images of 3 x 8 x 8 pixels, flat index n as (image, channel, pixel).
struct Given {
  Dense decoded = Dense(128, 6), pixels = Dense(128, 3), logits = Dense(2, 4);
  static Index row(Index n) { return n / 192 * 64 + n % 64; }
  static Index channel(Index n) { return n / 64 % 3; }
  Given() {
    for (Index n = 0; n < 384; ++n) {
      const auto x = static_cast<double>(n);
      pixels(row(n), channel(n)) = .5 + .5 * std::sin(x);
      decoded(row(n), channel(n)) = std::cos(x);
      decoded(row(n), 3 + channel(n)) = -.5 + .5 * std::sin(2 * x);
    }
    for (Index b = 0; b < 2; ++b)
      for (Index k = 0; k < 4; ++k) logits(b, k) = std::sin(static_cast<double>(1 + 4 * b + k));
  }
};
template <class D>
struct Result {
  ElboTerms<D> terms;
  Dense decoded, logits;
};
template <class D = F64, class Reconstruction = LogitLaplace>
Result<D> run(const Dense& decoded, const Dense& pixels, const Dense& logits, Index images,
              const Elbo<Reconstruction>& numbers = {}) {
  Strided<D> x(decoded), t(pixels), l(logits);
  const auto terms =
      dvae_loss(D{}, x.differentiable(), t.in(), l.differentiable(), images, numbers);
  REQUIRE((x.untouched() && t.untouched() && l.untouched()));
  return {terms, x.slope(), l.slope()};
}

}  // namespace

TEST_CASE("The dVAE's bound has the golden numbers", "[loss]") {
  const Given g;
  const auto r = run(g.decoded, g.pixels, g.logits, 2);
  CHECK(r.terms.reconstruction == Approx(1.148114438).epsilon(1e-9));
  CHECK(r.terms.divergence == Approx(.1845809770).epsilon(1e-9));
  CHECK(r.terms.value == Approx(1.154459410).epsilon(1e-9));
  CHECK(r.decoded(Given::row(0), Given::channel(0)) == Approx(.004293544976).epsilon(1e-9));
  CHECK(r.decoded(Given::row(383), 3 + Given::channel(383)) ==
        Approx(-.005214190489).epsilon(1e-9));
  CHECK(r.logits(0, 0) == Approx(.001341377446).epsilon(1e-9));
  CHECK(r.logits(1, 3) == Approx(.003272864797).epsilon(1e-9));
  const auto single = run<Cpu>(g.decoded, g.pixels, g.logits, 2);
  CHECK(single.terms.value == Approx(1.154459410).epsilon(1e-6));
  CHECK(worst(single.decoded, r.decoded) < 1e-5);
  CHECK(worst(single.logits, r.logits) < 1e-5);
}

TEST_CASE("The dVAE's bound sums the divergence over positions and means it over images",
          "[loss]") {
  const Dense pixels = (noise(12, 3, 1).array() * .1 + .5), decoded = noise(12, 3, 2),
              logits = noise(8, 5, 3);  // two images of six pixels and four positions
  const Elbo<MeanSquared> numbers{.beta = 3};
  const auto r = run(decoded, pixels, logits, 2, numbers);
  Strided<F64> l(logits);
  const double divergence = kl_to_uniform(F64{}, l.differentiable(), 2);
  CHECK(r.terms.divergence == divergence);
  CHECK(r.terms.reconstruction == Approx((decoded - pixels).squaredNorm() / 36).epsilon(1e-13));
  CHECK(r.terms.value == Approx(r.terms.reconstruction + 3. / 18 * divergence).epsilon(1e-14));
  CHECK(difference_error(
            [&](const Dense& x) { return run(decoded, pixels, x, 2, numbers).terms.value; }, logits,
            r.logits) < 1e-6);
  CHECK(difference_error(
            [&](const Dense& x) { return run(x, pixels, logits, 2, numbers).terms.value; }, decoded,
            r.decoded) < 1e-6);
}

TEST_CASE("The dVAE's bound without beta leaves the logits alone, and beta may climb", "[loss]") {
  const Given g;
  const auto r = run(g.decoded, g.pixels, g.logits, 2, Elbo<LogitLaplace>{.beta = 0});
  CHECK(r.terms.value == r.terms.reconstruction);
  CHECK(r.logits.cwiseAbs().maxCoeff() == 0);
  CHECK(Elbo<>{}.beta.at({}) == 6.6);
  const F64 device;
  Workspace scratch;
  Pass<F64> pass;
  pass.device = &device, pass.workspace = &scratch;
  pass.progress = {.step = 1, .steps = 2};
  Strided<F64> x(g.decoded), t(g.pixels), l(g.logits);
  const Elbo<> climbing{.beta = cosine(0, 6.6)};
  const auto half = climbing(pass, x.differentiable(), t.in(), l.differentiable(), 2);
  CHECK(half.value == Approx(half.reconstruction + 3.3 / 192 * half.divergence).epsilon(1e-14));
}

TEST_CASE("The dVAE's bound weighs and adds both gradients as the inputs ask", "[loss]") {
  const Given g;
  const auto r = run(g.decoded, g.pixels, g.logits, 2);
  Strided<F64> x(g.decoded), t(g.pixels), l(g.logits);
  dvae_loss(F64{}, x.differentiable(), t.in(), l.differentiable(), 2);
  dvae_loss(F64{}, x.differentiable().added(2), t.in(), l.differentiable().added(-3), 2);
  CHECK(worst(x.slope(), 3 * r.decoded) < 1e-13);
  CHECK(worst(l.slope(), -2 * r.logits) < 1e-13);
}

TEST_CASE("The dVAE's bound on two ranks is that of one rank", "[loss]") {
  const Given g;
  const RowMajor<double> decoded = g.decoded, pixels = g.pixels, logits = g.logits;
  Dense d = Dense::Constant(128, 6, NAN), l = Dense::Constant(2, 4, NAN);
  double value = 0;
  testing::VirtualRanks(2).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
    const Index r = ranks.rank();
    const auto rows = [&](auto& m, Index each) {
      return MatrixView<double, F64>(view<F64>(m)).row_range(r * each, each);
    };
    const auto fixed = [&](const auto& m, Index each) {
      return In<F64>(view<F64>(m)).row_range(r * each, each);
    };
    const auto terms =
        Elbo<>{}(pass, Differentiable<F64>{fixed(decoded, 64), rows(d, 64)}, fixed(pixels, 64),
                 Differentiable<F64>{fixed(logits, 1), rows(l, 1)}, 1);
    if (r == 1) value = terms.value;
  });
  const auto one = run(g.decoded, g.pixels, g.logits, 2);
  CHECK(value == Approx(one.terms.value).epsilon(1e-13));
  CHECK(worst(d, one.decoded) < 1e-13);
  CHECK(worst(l, one.logits) < 1e-13);
}

TEST_CASE("The dVAE's bound of no images is 0, and what does not fit is refused", "[loss]") {
  CHECK(run(Dense(0, 6), Dense(0, 3), Dense(0, 4), 0).terms.value == 0);
  const Given g;
  CHECK_THROWS_WITH(run(g.decoded, g.pixels, g.logits, 3), ContainsSubstring("3 images"));
  CHECK_THROWS_WITH(run(g.decoded.leftCols(5), g.pixels, g.logits, 2),
                    ContainsSubstring("(128, 5)") && ContainsSubstring("(128, 3)"));
  CHECK_THROWS_WITH(run(g.decoded, g.pixels, noise(5, 4, 1), 2),
                    ContainsSubstring("5 rows") && ContainsSubstring("2 images"));
}
