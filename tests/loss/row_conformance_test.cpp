// The laws of testing/check_loss.hpp, for losses of rows and of a discrete autoencoder: tests/structure/registered.py
// reads this file.
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/dvae.hpp>
#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/loss/reconstruction.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace selfsame::testing {

// The weak view, or the teacher, is sure of some rows.
struct SureTargets {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.live("rows", 5), given.constant("targets", 5, Numbers::logits));
  }
};
template <>
struct Example<PseudoLabelConsistency> : SureTargets {};
template <>
struct Example<SoftConsistency> : SureTargets {};
template <>
struct Example<SquaredConsistency> : SureTargets {};
template <>
struct Example<SoftDistillation> : SureTargets {};
template <>
struct Example<HardDistillation> : SureTargets {};

// Pixels in [0, 1], two positions an image, each a mean and a width in three channels.
template <>
struct Example<LogitLaplace> {
  template <class D>
  Real<D> operator()(const LogitLaplace& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.live("decoded", 6, Numbers::normal, 2),
                given.constant("pixels", 3, Numbers::shares, 2));
  }
};
template <>
struct Example<KlToUniform> {
  template <class D>
  Real<D> operator()(const KlToUniform& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.live("logits", 5, Numbers::normal, 2), given.images());
  }
};
template <class Reconstruction>
struct Example<Elbo<Reconstruction>> {
  template <class D>
  Real<D> operator()(const Elbo<Reconstruction>& loss, const Pass<D>& pass, Given<D>& given) const {
    const Index channels = std::same_as<Reconstruction, LogitLaplace> ? 6 : 3;
    return loss(pass, given.live("decoded", channels, Numbers::normal, 4),
                given.constant("pixels", 3, Numbers::shares, 4),
                given.live("logits", 5, Numbers::normal, 2), given.images())
        .value;
  }
};

}  // namespace selfsame::testing

using testing::check_loss;

TEST_CASE("Losses of rows keep the laws of losses", "[loss]") {
  CHECK(check_loss<CrossEntropy>());
  CHECK(check_loss(CrossEntropy{.temperature = 0.2, .smoothing = 0.1}));
  CHECK(check_loss<NormalisedRegression>());
}

TEST_CASE("Losses of two views keep the laws of losses", "[loss]") {
  CHECK(check_loss<PseudoLabelConsistency>());
  CHECK(check_loss<SoftConsistency>());
  CHECK(check_loss<SquaredConsistency>());
}

TEST_CASE("Losses of a student keep the laws of losses", "[loss]") {
  CHECK(check_loss<SoftDistillation>());
  CHECK(check_loss(SoftDistillation{.temperature = 0.5,
                                    .divergence = Divergence::cross_entropy,
                                    .mean_over = MeanOver::elements,
                                    .tau_squared = false}));
  CHECK(check_loss<HardDistillation>());
}

TEST_CASE("Losses of a discrete autoencoder keep the laws of losses", "[loss]") {
  CHECK(check_loss<MeanSquared>());
  CHECK(check_loss<SmoothL1>());
  CHECK(check_loss<LogitLaplace>());
  CHECK(check_loss<KlToUniform>());
  CHECK(check_loss<Elbo<>>());
  CHECK(check_loss<Elbo<MeanSquared>>());
}
