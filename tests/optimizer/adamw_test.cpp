#include <selfsame/optimizer/adamw.hpp>
#include "optimizer/golden_steps.hpp"
#include "support/catch.hpp"

using namespace selfsame;

namespace {
constexpr auto as_they_are = [](const Segment&) { return ParameterGroup{}; };
}

TEST_CASE("AdamW follows PyTorch's for five steps, gradients near epsilon included",
          "[optimizer]") {
  const AdamW adamw{.learning_rate = 0.01, .weight_decay = 0.05};
  CHECK(largest_difference<Cpu>(adamw, "optimizer/adamw.txt") < 1e-5);
  CHECK(largest_difference<BasicCpu<double>>(adamw, "optimizer/adamw.txt") < 1e-13);
}

TEST_CASE("AdamW: the first step is the rate times the sign of the gradient, at every size",
          "[optimizer]") {
  const Index size = GENERATE(1, 15, 16, 17, 16385, 40000);
  Network<Cpu> network({size});
  for (Index i = 0; i < size; ++i)
    network.weights.gradient[0][i] = (i % 2 == 0 ? 1.f : -1.f) * static_cast<float>(i + 1);
  const AdamW adamw{.learning_rate = 0.5, .weight_decay = 0};
  auto state = adamw.start(network.store, network.weights, "m");
  adamw.step(network.pass(), network.weights, state, as_they_are);
  for (Index i = 0; i < size; ++i)
    REQUIRE(std::abs(network.weights.parameters[0][i] - (i % 2 == 0 ? -0.5f : 0.5f)) < 1e-6f);
  CHECK(network.padding_is_untouched());
}

TEST_CASE("AdamW: a gradient of 0 moves nothing but decay", "[optimizer]") {
  Network<Cpu> network({5});
  network.set<float>(network.weights.parameters, 0, {1, 1, 1, 1, 1});
  const AdamW adamw{.learning_rate = 0.5, .weight_decay = 0.5};
  auto state = adamw.start(network.store, network.weights, "m");
  adamw.step(network.pass(), network.weights, state, as_they_are);
  for (const float w : network.weights.parameters[0]) CHECK(w == 0.75f);
}

TEST_CASE("AdamW counts its steps in the store, so that a resumed run goes on", "[optimizer]") {
  Network<Cpu> network({5});
  auto state = AdamW{}.start(network.store, network.weights, "optimizer.moments.0");
  AdamW{}.step(network.pass(), network.weights, state, as_they_are);
  AdamW{}.step(network.pass(), network.weights, state, as_they_are);
  const auto* steps = network.store.find("optimizer.moments.0.steps");
  REQUIRE(steps != nullptr);
  CHECK(steps->life == Life::kept);
  CHECK(*reinterpret_cast<const Index*>(steps->bytes.data()) == 2);
  CHECK(network.store.find("optimizer.moments.0.first") != nullptr);
  CHECK(network.store.find("optimizer.moments.0.second") != nullptr);
}

TEST_CASE("AdamW does not touch what is frozen, moments neither", "[optimizer]") {
  Network<Cpu> network({2});
  network.set<float>(network.weights.parameters, 0, {1, 2});
  network.set<float>(network.weights.gradient, 0, {1, 2});
  auto state = AdamW{}.start(network.store, network.weights, "m");
  AdamW{}.step(network.pass(), network.weights, state,
               [](const Segment&) { return ParameterGroup{.frozen = true}; });
  CHECK(network.weights.parameters[0][1] == 2.f);
  CHECK(state.first[0][1] == 0.f);
  CHECK(state.second[0][1] == 0.f);
}

TEST_CASE("AdamW: a segment that thaws takes its first step as one that was never frozen",
          "[optimizer]") {
  Network<Cpu> network({2, 2});
  network.set<float>(network.weights.gradient, 0, {1, -2});
  network.set<float>(network.weights.gradient, 1, {1, -2});
  const AdamW adamw{.learning_rate = 0.5, .weight_decay = 0};
  auto state = adamw.start(network.store, network.weights, "m");
  for (int step = 0; step < 3; ++step)
    adamw.step(network.pass(), network.weights, state, [&](const Segment& s) {
      return ParameterGroup{.frozen = step < 2 && &s == &network.weights.parameters.segments[1]};
    });
  CHECK(network.weights.parameters[1][0] == Approx(-0.5));
  CHECK(network.weights.parameters[1][1] == Approx(0.5));
  CHECK(network.weights.parameters[0][0] == Approx(-1.5));
}

TEST_CASE("AdamW has the same bits with one, two and three threads", "[optimizer]") {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    Network<Cpu> network({50001});
    network.device.threads = threads;
    for (Index i = 0; i < 50001; ++i)
      network.weights.gradient[0][i] = std::sin(static_cast<float>(i));
    auto state = AdamW{}.start(network.store, network.weights, "m");
    for (int step = 0; step < 3; ++step)
      AdamW{}.step(network.pass(), network.weights, state, as_they_are);
    results.emplace_back(network.weights.parameters[0].begin(),
                         network.weights.parameters[0].end());
  }
  CHECK(results[0] == results[1]);
  CHECK(results[0] == results[2]);
}

TEST_CASE("AdamW passes a NaN on to its own weight only", "[optimizer]") {
  Network<Cpu> network({20});
  network.weights.gradient[0][3] = std::numeric_limits<float>::quiet_NaN();
  auto state = AdamW{}.start(network.store, network.weights, "m");
  AdamW{}.step(network.pass(), network.weights, state, as_they_are);
  for (Index i = 0; i < 20; ++i) CHECK(std::isnan(network.weights.parameters[0][i]) == (i == 3));
}

TEST_CASE("AdamW does not freeze a weight whose gradient's square overflows", "[optimizer]") {
  Network<Cpu> network({20});
  network.weights.gradient[0][3] = 1e25f;
  auto state = AdamW{}.start(network.store, network.weights, "m");
  AdamW{}.step(network.pass(), network.weights, state, as_they_are);
  for (Index i = 0; i < 20; ++i) CHECK(std::isnan(network.weights.parameters[0][i]) == (i == 3));
}
