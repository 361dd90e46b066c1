#include <selfsame/optimizer/lars.hpp>
#include "optimizer/golden_steps.hpp"
#include "support/catch.hpp"

using namespace selfsame;

namespace {
constexpr auto as_they_are = [](const Segment&) { return ParameterGroup{}; };
}

TEST_CASE("LARS takes two steps of a small case as computed by hand", "[optimizer]") {
  Network<BasicCpu<double>> network({4});
  const Lars lars{
      .learning_rate = 1, .momentum = 0.9, .weight_decay = 0.1, .trust_coefficient = 1e-3};
  auto state = lars.start(network.store, network.weights, "m");
  std::vector<double> w, g, twice;
  for (int k = 0; k < 4; ++k) {
    w.push_back(std::sin(1 + k));
    g.push_back(std::cos(1 + k));
    twice.push_back(2 * g.back());
  }
  network.set(network.weights.parameters, 0, w);
  network.set(network.weights.gradient, 0, g);
  lars.step(network.pass(), network.weights, state, as_they_are);
  CHECK(difference<BasicCpu<double>>(
            network.weights.parameters[0],
            {.8408236781909, .9096345480966, .142131609477, -.7560464754223}) < 1e-12);
  network.set(network.weights.gradient, 0, twice);
  lars.step(network.pass(), network.weights, state, as_they_are);
  CHECK(difference<BasicCpu<double>>(
            network.weights.parameters[0],
            {.8396283898157, .910327952355, .1440761936915, -.7546385530105}) < 1e-12);
}

TEST_CASE("LARS: a bias is neither decayed nor adapted", "[optimizer]") {
  Network<Cpu> network({2, 2});
  for (Index k = 0; k < 2; ++k) {
    network.set<float>(network.weights.parameters, k, {3, 4});
    network.set<float>(network.weights.gradient, k, {0, 1});
  }
  const Lars lars{.learning_rate = 1, .momentum = 0.9, .weight_decay = 0.1};
  auto state = lars.start(network.store, network.weights, "m");
  lars.step(network.pass(), network.weights, state, [](const Segment& s) {
    return ParameterGroup{.decays = s.name == "w0", .adapts = s.name == "w0"};
  });
  CHECK(difference<Cpu>(state.velocity[0], {0.003492151 * 0.3, 0.003492151 * 1.4}) < 1e-6);
  CHECK(difference<Cpu>(network.weights.parameters[0],
                        {3 - 0.003492151 * 0.3, 4 - 0.003492151 * 1.4}) < 1e-6);
  CHECK(state.velocity[1][0] == 0.f);
  CHECK(state.velocity[1][1] == 1.f);
  CHECK(network.weights.parameters[1][1] == 3.f);
}

TEST_CASE("LARS follows timm's where the conventions agree", "[optimizer]") {
  const Lars lars{
      .learning_rate = 0.5, .momentum = 0.9, .weight_decay = 0, .trust_coefficient = 0.001};
  CHECK(largest_difference<Cpu>(lars, "optimizer/lars.txt") < 1e-5);
  CHECK(largest_difference<BasicCpu<double>>(lars, "optimizer/lars.txt") < 1e-12);
}

TEST_CASE("LARS: the ratio is 1 where weights or gradients are all 0", "[optimizer]") {
  Network<Cpu> network({1, 1});
  network.weights.parameters[1][0] = 1;
  network.weights.gradient[0][0] = 1;
  const Lars lars{.learning_rate = 0.5, .momentum = 0, .weight_decay = 0};
  auto state = lars.start(network.store, network.weights, "m");
  lars.step(network.pass(), network.weights, state, as_they_are);
  CHECK(network.weights.parameters[0][0] == -0.5f);
  CHECK(network.weights.parameters[1][0] == 1.f);
}

TEST_CASE(
    "LARS: a step is trust_coefficient times rate times the norm of the weights, at every size",
    "[optimizer]") {
  const Index size = GENERATE(1, 7, 16, 33, 16384, 50001);
  Network<Cpu> network({size});
  double before = 0, step = 0;
  for (Index i = 0; i < size; ++i) {
    const float w = std::sin(static_cast<float>(i) + 1);
    network.weights.parameters[0][i] = w;
    network.weights.gradient[0][i] = std::cos(static_cast<float>(i)) * 1e-12f;
    before += double{w} * double{w};
  }
  const Lars lars{.learning_rate = 2, .momentum = 0.9, .weight_decay = 0};
  auto state = lars.start(network.store, network.weights, "m");
  lars.step(network.pass(), network.weights, state, as_they_are);
  for (const float v : state.velocity[0]) step += double{v} * double{v};
  CHECK(std::abs(std::sqrt(step / before) - 2e-3) < 2e-9);
}

TEST_CASE("LARS: a NaN in a gradient spreads over its segment and no extra_negatives",
          "[optimizer]") {
  Network<Cpu> network({3, 3});
  for (Index k = 0; k < 2; ++k) network.set<float>(network.weights.parameters, k, {1, 2, 3});
  network.weights.gradient[0][1] = std::numeric_limits<float>::quiet_NaN();
  auto state = Lars{}.start(network.store, network.weights, "m");
  Lars{}.step(network.pass(), network.weights, state, as_they_are);
  for (const float w : network.weights.parameters[0]) CHECK(std::isnan(w));
  for (const float w : network.weights.parameters[1]) CHECK_FALSE(std::isnan(w));
}

TEST_CASE("Lars does not drop a gradient whose norm overflows", "[optimizer]") {
  Network<BasicCpu<double>> network({2});
  std::fill_n(network.weights.parameters[0].begin(), 2, 1.0);
  network.weights.gradient[0][0] = 1e200;
  auto state = Lars{}.start(network.store, network.weights, "m");
  Lars{}.step(network.pass(), network.weights, state, as_they_are);
  CHECK(std::isnan(network.weights.parameters[0][0]));
}
