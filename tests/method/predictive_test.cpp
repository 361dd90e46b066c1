#include <selfsame/method/predictive.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

using Byol = Predictive<mine::Flat, EMA, Predictor>;
constexpr Byol tiny_byol{.head = {.hidden = 9, .outputs = 5, .normalised = HeadNorm::hidden},
                         .predictor = {.hidden = 7},
                         .target = {.momentum = 0.8}};
constexpr Byol plain_byol{.head = plain_head,
                          .predictor = {.hidden = 6, .normalised = HeadNorm::none},
                          .target = {.momentum = 0.8}};
constexpr Predictive<mine::Flat, Predictor> plain_simsiam{
    .head = plain_head, .predictor = {.hidden = 6, .normalised = HeadNorm::none}};

template <class M>
using Whole = WholeMethod<D, std::remove_const_t<M>>;

}  // namespace

TEST_CASE("Predictive: a loss of [0, 8], and a batch's is the mean of its images' without norms",
          "[method]") {
  const double value = Whole<decltype(plain_byol)>(plain_byol, 6).value();
  CHECK(value > 0);
  CHECK(value < 8);
  const auto of = [&](const Batch<D>& batch) {
    Learner<std::remove_const_t<decltype(plain_byol)>, Sgd, D> learner(
        Recipe<std::remove_const_t<decltype(plain_byol)>, Sgd>{
            .method = plain_byol, .batch = batch.parts[0].draws.size, .steps = 1},
        small_setup);
    return learner.step(batch).value;
  };
  FormulaBatches<D> whole(small_image, 6, 2), first(small_image, 3, 2), second(small_image, 3, 2);
  CHECK(of(whole.at(0)) == Approx((of(first.at(0)) + of(second.at(1))) / 2).epsilon(1e-12));
}

TEST_CASE("Predictive: the target has no predictor, begins as the online weights and follows them",
          "[method]") {
  Learner<Byol, Sgd, D> learner(
      Recipe<Byol, Sgd>{.method = tiny_byol,
                        .optimizer = {.learning_rate = 0.05, .weight_decay = 0.1},
                        .batch = 6,
                        .steps = 3},
      small_setup);
  auto& state = learner.state();
  for (const Segment& s : state.target.parameters.segments)
    CHECK_FALSE(s.name.starts_with("predictor"));
  std::vector<double> expected(state.target.parameters.all.begin(),
                               state.target.parameters.all.end());
  CHECK(std::equal(expected.begin(), expected.end(), state.online.parameters.all.begin()));
  FormulaBatches<D> batches(small_image, 6, 2);
  double worst = 0;
  for (Index step = 0; step < 3; ++step) {
    learner.step(batches.at(step));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto at = static_cast<Index>(i);
      expected[i] += 0.2 * (state.online.parameters.all[at] - expected[i]);
      worst = std::max(worst, std::abs(expected[i] - state.target.parameters.all[at]));
    }
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("SimSiam: the answer is a constant, so the gradient is that of predictions alone",
          "[method]") {
  // Held still by a target of momentum 1 that equals the online weights, BYOL's gradient is SimSiam's.
  auto still = plain_byol;
  still.target.momentum = 1;
  using Still = std::remove_const_t<decltype(plain_byol)>;
  using Siam = std::remove_const_t<decltype(plain_simsiam)>;
  // Without dropout: the target's masks are others.
  still.encoder.dropout = 0;
  auto siam = plain_simsiam;
  siam.encoder.dropout = 0;
  WholeMethod<D, Still> byol(still, 5);
  WholeMethod<D, Siam> other(siam, 5);
  auto& state = byol.learner().state();
  std::copy_n(state.online.parameters.all.begin(), state.target.parameters.all.size,
              state.target.parameters.all.begin());
  CHECK(other.value() == Approx(byol.value()).epsilon(1e-12));
  CHECK(difference(other.step().gradient, byol.step().gradient) < 1e-12);
}

TEST_CASE("Predictive: policies in any order are one type", "[method]") {
  STATIC_REQUIRE(std::same_as<Byol, Predictive<Predictor, EMA, mine::Flat>>);
  STATIC_REQUIRE(std::same_as<Predictive<Predictor>, Predictive<SharedWeights, Predictor>>);
}
