// The laws of testing/check_loss.hpp, for losses of pairs, of banks, of prototypes and of words; the other losses
// are in row_conformance_test.cpp. tests/structure/registered.py reads both.
#include <selfsame/loss/bank_info_nce.hpp>
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/masked_tokens.hpp>
#include <selfsame/loss/noise_contrastive.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/patch_nce.hpp>
#include <selfsame/loss/swapped_prediction.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace selfsame::testing {

// Three views, of which two have codes.
template <>
struct Example<SwappedPrediction> {
  template <class D>
  Real<D> operator()(const SwappedPrediction& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5, Numbers::unit, 3),
                given.weights("prototypes", 7, 5, Numbers::unit),
                given.constant("codes", 7, Numbers::shares, 2));
  }
};

// A bank of nine rows; each anchor has four negatives, of its own or shared.
struct OwnPicks {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    const Differentiable<D> anchors = given.differentiable("anchors", 5, Numbers::unit);
    const In<D> bank = given.shared("bank", 9, 5, Numbers::unit);
    const OwnNegatives<D> picks{given.picks("picks", 5, 9)};
    if constexpr (std::same_as<L, NoiseContrastive>)
      return loss(pass, anchors, bank, picks, Real<D>(0.3));
    else
      return loss(pass, anchors, bank, picks);
  }
};
struct SharedPicks {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    const Differentiable<D> anchors = given.differentiable("anchors", 5, Numbers::unit);
    const In<D> bank = given.shared("bank", 9, 5, Numbers::unit);
    const SharedNegatives<D> picks{given.labels("own", 9), given.shared_picks("negatives", 4, 9)};
    if constexpr (std::same_as<L, NoiseContrastive>)
      return loss(pass, anchors, bank, picks, Real<D>(0.3));
    else
      return loss(pass, anchors, bank, picks);
  }
};

template <>
struct Example<MaskedTokens> {
  template <class D>
  Real<D> operator()(const MaskedTokens& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5), given.weights("weight", 7, 5),
                given.weights("bias", 1, 7), given.labels("labels", 7));
  }
};

}  // namespace selfsame::testing

using testing::check_loss;

TEST_CASE("Losses of pairs keep the laws of losses", "[loss]") {
  CHECK(check_loss<NtXent>());
  CHECK(check_loss<InfoNCE>());
  CHECK(check_loss<PatchNCE>());
}

TEST_CASE("Losses against a memory bank keep the laws of losses", "[loss]") {
  CHECK(check_loss(BankInfoNCE{}, testing::OwnPicks{}));
  CHECK(check_loss(BankInfoNCE{}, testing::SharedPicks{}));
  CHECK(check_loss(NoiseContrastive{}, testing::OwnPicks{}));
  CHECK(check_loss(NoiseContrastive{}, testing::SharedPicks{}));
}

TEST_CASE("Losses of prototypes and of words keep the laws of losses", "[loss]") {
  CHECK(check_loss<SwappedPrediction>());
  CHECK(check_loss<MaskedTokens>());
}

namespace {

/// Whether value and gradients are finite at the least temperature, in float and in double.
template <class L, class E = testing::Example<L>>
bool finite_at_the_least_temperature(const L& = {}, const E& example = {}) {
  const L loss{.temperature = 0x1p-20};
  return testing::detail::run<Cpu>(loss, example, {.images = 6}).finite() &&
         testing::detail::run<BasicCpu<double>>(loss, example, {.images = 6}).finite();
}

}  // namespace

TEST_CASE("Losses of pairs are finite at the least temperature and refuse a lower one", "[loss]") {
  CHECK(finite_at_the_least_temperature(NtXent{}, testing::detail::SameColumns{}));
  CHECK(finite_at_the_least_temperature(InfoNCE{}, testing::detail::ConstantColumns{}));
  CHECK(finite_at_the_least_temperature(InfoNCE{}, testing::detail::DifferentiableColumns{}));
  CHECK(finite_at_the_least_temperature(BankInfoNCE{}, testing::OwnPicks{}));
  CHECK(finite_at_the_least_temperature(NoiseContrastive{}, testing::OwnPicks{}));
  CHECK(finite_at_the_least_temperature(NoiseContrastive{}, testing::SharedPicks{}));
  CHECK(finite_at_the_least_temperature<SwappedPrediction>());
  const double below = std::nextafter(0x1p-20, 0);
  CHECK_THROWS_AS(NtXent{.temperature = below}, std::invalid_argument);
  CHECK_THROWS_AS(PatchNCE{.scale = below}, std::invalid_argument);
  float z[4] = {1, 0, 0, 1}, g[4] = {7, 7, 7, 7};
  const Differentiable<Cpu> differentiable{{z, 2, 2}, {g, 2, 2}};
  CHECK_THROWS_WITH(
      nt_xent(Cpu{}, differentiable, 9e-7f),
      Catch::Matchers::ContainsSubstring("the temperature is 9e-07; it must be in [2^-20, 2^40]"));
  CHECK(g[0] == 7);
}
