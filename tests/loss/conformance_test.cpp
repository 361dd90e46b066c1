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
    return loss(pass, given.live("rows", 5, Numbers::unit, 3),
                given.weights("prototypes", 7, 5, Numbers::unit),
                given.constant("codes", 7, Numbers::shares, 2));
  }
};

// A bank of nine rows; each anchor has four negatives, of its own or shared.
struct OwnPicks {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    const Live<D> anchors = given.live("anchors", 5, Numbers::unit);
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
    const Live<D> anchors = given.live("anchors", 5, Numbers::unit);
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
    return loss(pass, given.live("rows", 5), given.weights("weight", 7, 5),
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
