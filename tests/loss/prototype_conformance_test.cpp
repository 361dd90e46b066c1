// The laws of testing/check_loss.hpp, for losses of prototypes and of words.
#include <selfsame/loss/masked_tokens.hpp>
#include <selfsame/loss/swapped_prediction.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "loss/least_temperature.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::test;

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

TEST_CASE("Losses of prototypes and of words keep the laws of losses", "[loss]") {
  CHECK(check_loss<SwappedPrediction>());
  CHECK(check_loss<MaskedTokens>());
}

TEST_CASE("Swapped prediction is finite at the least temperature", "[loss]") {
  CHECK(finite_at_the_least_temperature<SwappedPrediction>());
}
