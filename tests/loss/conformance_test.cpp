// The laws of testing/check_loss.hpp, for losses of pairs and of banks; tests/structure/registered.py reads each
// conformance test.
#include <selfsame/loss/bank_info_nce.hpp>
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/noise_contrastive.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/patch_nce.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "loss/least_temperature.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace selfsame::testing {

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

TEST_CASE("Losses of pairs are finite at the least temperature and refuse a lower one", "[loss]") {
  CHECK(finite_at_the_least_temperature(NtXent{}, testing::detail::SameColumns{}));
  CHECK(finite_at_the_least_temperature(InfoNCE{}, testing::detail::ConstantColumns{}));
  CHECK(finite_at_the_least_temperature(InfoNCE{}, testing::detail::DifferentiableColumns{}));
  CHECK(finite_at_the_least_temperature(BankInfoNCE{}, testing::OwnPicks{}));
  CHECK(finite_at_the_least_temperature(NoiseContrastive{}, testing::OwnPicks{}));
  CHECK(finite_at_the_least_temperature(NoiseContrastive{}, testing::SharedPicks{}));
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
