// The laws of testing/check_loss.hpp, for losses of a discrete autoencoder.
#include <selfsame/loss/dvae.hpp>
#include <selfsame/loss/reconstruction.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace selfsame::testing {

// Pixels in [0, 1], two positions an image, each a mean and a width in three channels.
template <>
struct Example<LogitLaplace> {
  template <class D>
  Real<D> operator()(const LogitLaplace& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("decoded", 6, Numbers::normal, 2),
                given.constant("pixels", 3, Numbers::shares, 2));
  }
};
template <class Reconstruction>
struct Example<Elbo<Reconstruction>> {
  template <class D>
  Real<D> operator()(const Elbo<Reconstruction>& loss, const Pass<D>& pass, Given<D>& given) const {
    const Index channels = std::same_as<Reconstruction, LogitLaplace> ? 6 : 3;
    return loss(pass, given.differentiable("decoded", channels, Numbers::normal, 4),
                given.constant("pixels", 3, Numbers::shares, 4),
                given.differentiable("logits", 5, Numbers::normal, 2), given.images())
        .value;
  }
};

}  // namespace selfsame::testing

using testing::check_loss;

TEST_CASE("Losses of a discrete autoencoder keep the laws of losses", "[loss]") {
  CHECK(check_loss<MeanSquared>());
  CHECK(check_loss<SmoothL1>());
  CHECK(check_loss<LogitLaplace>());
  CHECK(check_loss<Elbo<>>());
  CHECK(check_loss<Elbo<MeanSquared>>());
}
