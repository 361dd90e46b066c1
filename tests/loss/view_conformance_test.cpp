// The laws of testing/check_loss.hpp, for losses of views and for drafts: tests/structure/registered.py reads this file.
#include <selfsame/loss/barlow_twins.hpp>
#include <selfsame/loss/vicreg.hpp>
#include <selfsame/testing/check_loss.hpp>

#include "loss/drafts.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using testing::check_loss;

namespace {

struct ThreeViews {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, testing::Given<D>& given) const {
    const std::array<Live<D>, 3> views{given.live("first", 5), given.live("second", 5),
                                       given.live("third", 5)};
    return loss(pass, std::span<const Live<D>>(views));
  }
};

}  // namespace

TEST_CASE("Losses of views keep the laws of losses", "[loss]") {
  CHECK(check_loss<VICReg>());
  CHECK(check_loss<BarlowTwins>());
  CHECK(check_loss(VICReg{}, ThreeViews{}));
  CHECK(check_loss(BarlowTwins{}, ThreeViews{}));
}

TEST_CASE("Drafts keep the laws of losses, several ranks among them", "[loss]") {
  CHECK(check_loss<Differentiated<mine::VicregDraft>>());
  CHECK(check_loss<Differentiated<mine::RegressionDraft>>());
}
