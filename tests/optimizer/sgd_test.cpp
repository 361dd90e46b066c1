#include <selfsame/optimizer/sgd.hpp>
#include "optimizer/golden_steps.hpp"
#include "support/catch.hpp"

using namespace selfsame;

namespace {
constexpr Sgd golden{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01};
constexpr Sgd nesterov{
    .learning_rate = 0.1, .momentum = 0.9, .form = MomentumForm::nesterov, .weight_decay = 0.01};
}  // namespace

TEST_CASE("SGD follows PyTorch's for five steps", "[optimizer]") {
  CHECK(largest_difference<Cpu>(golden, "optimizer/sgd.txt") < 1e-5);
  CHECK(largest_difference<BasicCpu<double>>(golden, "optimizer/sgd.txt") < 1e-13);
}

TEST_CASE("SGD with Nesterov's momentum follows PyTorch's for five steps", "[optimizer]") {
  CHECK(largest_difference<Cpu>(nesterov, "optimizer/nesterov.txt") < 1e-5);
  CHECK(largest_difference<BasicCpu<double>>(nesterov, "optimizer/nesterov.txt") < 1e-13);
}

TEST_CASE("SGD without momentum and decay is w - rate g, at every size", "[optimizer]") {
  const Index size = GENERATE(1, 3, 16, 17, 40000);
  Network<Cpu> network({size});
  std::fill(network.weights.parameters[0].begin(), network.weights.parameters[0].end(), 2.f);
  std::fill(network.weights.gradient[0].begin(), network.weights.gradient[0].end(), 4.f);
  const Sgd sgd{.learning_rate = 0.25, .momentum = 0, .weight_decay = 0};
  auto state = sgd.start(network.store, network.weights, "m");
  sgd.step(network.pass(), network.weights, state, [](const Segment&) { return ParameterGroup{}; });
  for (const float w : network.weights.parameters[0]) REQUIRE(w == 1.f);
  CHECK(network.padding_is_untouched());
}

TEST_CASE("SGD: a parameter group scales the rate, drops decay, or freezes weights and buffer",
          "[optimizer]") {
  Network<Cpu> network({2, 2, 2});
  for (Index k = 0; k < 3; ++k) {
    network.set<float>(network.weights.parameters, k, {1, 1});
    network.set<float>(network.weights.gradient, k, {1, 1});
  }
  const Sgd sgd{.learning_rate = 0.5, .momentum = 0.5, .weight_decay = 1};
  auto state = sgd.start(network.store, network.weights, "m");
  sgd.step(network.pass(), network.weights, state, [](const Segment& s) {
    return ParameterGroup{.rate_factor = s.name == "w1" ? 0.5 : 1,
                          .decays = s.name == "w1",
                          .frozen = s.name == "w2"};
  });
  CHECK(network.weights.parameters[0][0] == 0.5f);
  CHECK(network.weights.parameters[1][0] == 0.5f);
  CHECK(network.weights.parameters[2][0] == 1.f);
  CHECK(state.velocity[1][0] == 2.f);
  CHECK(state.velocity[2][0] == 0.f);
}

TEST_CASE("SGD takes its rate from the schedule", "[optimizer]") {
  Network<Cpu> network({1});
  network.weights.gradient[0][0] = 1;
  const Sgd sgd{
      .learning_rate = Schedule<NonNegative>(1).after_warmup(4), .momentum = 0, .weight_decay = 0};
  auto state = sgd.start(network.store, network.weights, "m");
  for (Index step = 0; step < 3; ++step)
    sgd.step(network.pass({step, 10}), network.weights, state,
             [](const Segment&) { return ParameterGroup{}; });
  CHECK(network.weights.parameters[0][0] == -0.75f);
}

TEST_CASE("SGD: the buffer is a kept entry under its name", "[optimizer]") {
  Network<Cpu> network({3});
  Sgd{}.start(network.store, network.weights, "optimizer.moments.0");
  REQUIRE(network.store.find("optimizer.moments.0") != nullptr);
  CHECK(network.store.find("optimizer.moments.0")->life == Life::kept);
  CHECK(network.store.find("optimizer.moments.0")->segments.size() == 1);
}

TEST_CASE("An optimizer of a network without weights does nothing", "[optimizer]") {
  Network<Cpu> network({});
  auto state = Sgd{}.start(network.store, network.weights, "m");
  CHECK_NOTHROW(Sgd{}.step(network.pass(), network.weights, state,
                           [](const Segment&) { return ParameterGroup{}; }));
}
