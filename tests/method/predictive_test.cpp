#include <selfsame/method/predictive.hpp>

#include "method/whole_method.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

using Byol = Predictive<EMA, Predictor>;
constexpr Byol tiny_byol{.encoder = tiny_resnet,
                         .head = {.hidden = 9, .outputs = 5, .normalised = Normalised::hidden},
                         .predictor = {.hidden = 7},
                         .target = {.momentum = 0.8}};
constexpr Predictive<mine::Drawing, EMA, Predictor> drawing_byol{
    .head = plain_head,
    .predictor = {.hidden = 6, .normalised = Normalised::none},
    .target = {.momentum = 0.8}};
constexpr Predictive<mine::Drawing, Predictor> drawing_simsiam{
    .head = plain_head, .predictor = {.hidden = 6, .normalised = Normalised::none}};

template <class M>
using Whole = WholeMethod<D, std::remove_const_t<M>>;

template <class M>
auto with_first(M method) {
  method.directions = Directions::first;
  return method;
}

}  // namespace

TEST_CASE("Predictive as a whole agrees with central differences, chunks and groups included",
          "[method]") {
  Whole<decltype(tiny_byol)> normed(tiny_byol, 6);
  CHECK(normed.error() < 1e-6);
  CHECK(normed.error(4) < 1e-6);
  CHECK(normed.error(0, 3) < 1e-6);
  CHECK(largest(std::span<const double>(normed.step().gradient)) > 1e-2);
  for (const Index chunk : {0, 3})
    CHECK(Whole<decltype(drawing_byol)>(drawing_byol, 5).error(chunk) < 1e-6);
  CHECK(Whole<decltype(drawing_byol)>(with_first(drawing_byol), 5).error() < 1e-6);
}

TEST_CASE("Predictive: value and gradients of 2 and 4 ranks are those of one", "[method]") {
  for (const Index ranks : {2, 4}) {
    CAPTURE(ranks);
    for (const auto& [value, gradient] :
         {rank_errors<D>(tiny_byol, 8, ranks), rank_errors<D>(drawing_byol, 8, ranks),
          rank_errors<D>(drawing_simsiam, 8, ranks)}) {
      CHECK(value < 1e-10);
      CHECK(gradient < 1e-10);
    }
  }
}

TEST_CASE("Predictive: a loss of [0, 8], and a batch's is the mean of its images' without norms",
          "[method]") {
  const double value = Whole<decltype(drawing_byol)>(drawing_byol, 6).value();
  CHECK(value > 0);
  CHECK(value < 8);
  const auto of = [&](const Batch<D>& batch) {
    Learner<std::remove_const_t<decltype(drawing_byol)>, Sgd, D> learner(
        Recipe<std::remove_const_t<decltype(drawing_byol)>, Sgd>{
            .method = drawing_byol, .batch = batch.parts[0].draws.size, .steps = 1},
        small_setup);
    return learner.step(batch).value;
  };
  FormulaBatches<D> whole(small_image, 6, 2), first(small_image, 3, 2), second(small_image, 3, 2);
  CHECK(of(whole.at(0)) == Approx((of(first.at(0)) + of(second.at(1))) / 2).epsilon(1e-12));
}

TEST_CASE("Predictive: the target has no predictor, begins as the online weights and follows them",
          "[method]") {
  Learner<Byol, Sgd, D> learner(
      Recipe<Byol, Sgd>{
          .method = tiny_byol, .optimizer = {.rate = 0.05, .decay = 0.1}, .batch = 6, .steps = 3},
      small_setup);
  auto& state = learner.state();
  for (const Segment& s : state.target.theta.segments) CHECK_FALSE(s.name.starts_with("predictor"));
  std::vector<double> expected(state.target.theta.all.begin(), state.target.theta.all.end());
  CHECK(std::equal(expected.begin(), expected.end(), state.online.theta.all.begin()));
  FormulaBatches<D> batches(small_image, 6, 2);
  double worst = 0;
  for (Index step = 0; step < 3; ++step) {
    learner.step(batches.at(step));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto at = static_cast<Index>(i);
      expected[i] += 0.2 * (state.online.theta.all[at] - expected[i]);
      worst = std::max(worst, std::abs(expected[i] - state.target.theta.all[at]));
    }
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("Predictive: differentiate moves nothing that lives, follow moves buffers and target",
          "[method]") {
  Whole<decltype(tiny_byol)> m(tiny_byol, 6);
  const auto before = m.kept();
  m.value();
  CHECK(m.kept() == before);
  FormulaBatches<D> batches(small_image, 6, 2);
  m.learner().recipe().method.follow(m.learner().pass(), m.learner().state(), batches.at(0));
  CHECK(m.kept() != before);
}

TEST_CASE("SimSiam: the answer is a constant, so the gradient is that of predictions alone",
          "[method]") {
  // Held still by a target of momentum 1 that equals the online weights, BYOL's gradient is SimSiam's.
  auto still = drawing_byol;
  still.target.momentum = 1;
  using Still = std::remove_const_t<decltype(drawing_byol)>;
  using Siam = std::remove_const_t<decltype(drawing_simsiam)>;
  // Without dropout: the target's masks are others.
  still.encoder.dropout = 0, still.encoder.skip = 0;
  auto siam = drawing_simsiam;
  siam.encoder.dropout = 0, siam.encoder.skip = 0;
  WholeMethod<D, Still> byol(still, 5);
  WholeMethod<D, Siam> other(siam, 5);
  auto& state = byol.learner().state();
  std::copy_n(state.online.theta.all.begin(), state.target.theta.all.size,
              state.target.theta.all.begin());
  CHECK(other.value() == Approx(byol.value()).epsilon(1e-12));
  CHECK(difference(other.step().gradient, byol.step().gradient) < 1e-12);
}

TEST_CASE("Predictive: policies in any order are one type", "[method]") {
  STATIC_REQUIRE(std::same_as<Byol, Predictive<Predictor, EMA>>);
  STATIC_REQUIRE(std::same_as<Predictive<Predictor>, Predictive<SharedWeights, Predictor>>);
}
