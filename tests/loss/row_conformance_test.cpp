// The laws of testing/check_loss.hpp, for losses of rows.
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "loss/least_temperature.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace selfsame::testing {

// The weak view, or the teacher, is sure of some rows.
struct SureTargets {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5),
                given.constant("targets", 5, Numbers::logits));
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

template <>
struct Example<KlToUniform> {
  template <class D>
  Real<D> operator()(const KlToUniform& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("logits", 5, Numbers::normal, 2), given.images());
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

TEST_CASE("The divergence from equal probabilities keeps the laws of losses", "[loss]") {
  CHECK(check_loss<KlToUniform>());
}

namespace {

/// Whether the loss has the same bits where all numbers of an input are greater by 100,000: floats hold that in steps of
/// 1/128, so the logits themselves lose nothing.
template <class L, class E = testing::Example<L>>
bool blind_to_offsets(const L& loss, bool of_targets, const E& example = {}) {
  testing::detail::Call<Cpu, L, E> call(loss, example, {.images = 6});
  call();
  const auto with = [&](float offset) {
    call.given.each_array([&](auto& a) {
      for (std::size_t i = 0; i < a.value.size(); ++i)
        if (a.differentiable || of_targets)
          a.value[i] = std::round(64 * static_cast<float>(a.as_made[i])) / 64 + offset;
    });
    call();
    return testing::detail::outcome(call, 6);
  };
  const auto plain = with(0);
  return plain.finite() && testing::detail::same_bits(plain, with(1e5f)) &&
         testing::detail::same_bits(plain, with(-1e5f));
}

}  // namespace

TEST_CASE("A common offset of all logits changes no bit of a loss", "[loss]") {
  using testing::detail::RowExample;
  CHECK(blind_to_offsets(CrossEntropy{.smoothing = 0.1}, false, RowExample{}));
  CHECK(blind_to_offsets(PseudoLabelConsistency{}, true));
  CHECK(blind_to_offsets(SoftConsistency{}, true));
  CHECK(blind_to_offsets(SquaredConsistency{}, true));
  for (const Divergence form :
       {Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl, Divergence::squared})
    CHECK(blind_to_offsets(SoftDistillation{.divergence = form}, true));
  CHECK(blind_to_offsets(HardDistillation{}, true));
  CHECK(blind_to_offsets(KlToUniform{}, true));
}

TEST_CASE("Losses of rows are finite at the least temperature and refuse a lower one", "[loss]") {
  using testing::detail::RowExample;
  CHECK(finite_at_the_least_temperature(CrossEntropy{}, RowExample{}));
  CHECK(finite_at_the_least_temperature<SoftConsistency>());
  CHECK(finite_at_the_least_temperature<SquaredConsistency>());
  CHECK(finite_at_the_least_temperature<SoftDistillation>());
  const double below = std::nextafter(0x1p-20, 0);
  CHECK_THROWS_WITH(
      CrossEntropy{.temperature = below},
      Catch::Matchers::ContainsSubstring("is not a temperature: it must be in [2^-20, 2^40]"));
  CHECK_THROWS_AS(SoftDistillation{.temperature = below}, std::invalid_argument);
  float z[2] = {1, 2}, g[2] = {7, 7};
  const Differentiable<Cpu> differentiable{{z, 1, 2}, {g, 1, 2}};
  CHECK_THROWS_WITH(
      cross_entropy(Cpu{}, differentiable, In<Cpu>{z, 1, 2}, 9e-7f),
      Catch::Matchers::ContainsSubstring("the temperature is 9e-07; it must be in [2^-20, 2^40]"));
  CHECK(g[0] == 7);
}
