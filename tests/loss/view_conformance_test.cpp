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
    const std::array<Differentiable<D>, 3> views{given.differentiable("first", 5),
                                                 given.differentiable("second", 5),
                                                 given.differentiable("third", 5)};
    return loss(pass, std::span<const Differentiable<D>>(views));
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
  CHECK(check_loss<AutoDiff<mine::VicregDraft>>());
  CHECK(check_loss<AutoDiff<mine::RegressionDraft>>());
}

TEST_CASE("A common offset of all embeddings changes no loss of views", "[loss]") {
  const auto error =
      [](const auto& loss) {  // embeddings in steps of 1/64, of which floats near 100,000 have two
        using L = std::remove_cvref_t<decltype(loss)>;
        testing::detail::Call<Cpu, L, testing::detail::Views> call(loss, {}, {.images = 6});
        call();
        const auto with = [&](float offset) {
          call.given.each_array([&](auto& a) {
            for (std::size_t i = 0; i < a.value.size(); ++i)
              a.value[i] = std::round(64 * static_cast<float>(a.as_made[i])) / 64 + offset;
          });
          call();
          return testing::detail::outcome(call, 6);
        };
        const auto plain = with(0), moved = with(1e5f);
        return std::max({testing::detail::value_error(moved, plain),
                         testing::detail::array_error(moved, plain, 0),
                         testing::detail::array_error(moved, plain, 1)});
      };
  CHECK(error(VICReg{}) < 1e-5);
  CHECK(error(BarlowTwins{}) < 1e-5);
}
