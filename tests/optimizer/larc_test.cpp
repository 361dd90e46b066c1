#include <selfsame/optimizer/larc.hpp>
#include "optimizer/golden_steps.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using D = BasicCpu<double>;

namespace {
constexpr auto as_they_are = [](const Segment&) { return ParameterGroup{}; };
}

TEST_CASE("LARC scales the gradient of a small case as computed by hand", "[optimizer]") {
  Network<D> network({4});
  std::vector<double> w, g;
  for (int k = 0; k < 4; ++k) w.push_back(std::sin(1 + k)), g.push_back(std::cos(1 + k));
  network.set(network.weights.parameters, 0, w);
  network.set(network.weights.gradient, 0, g);
  const Larc larc{.learning_rate = 1};
  auto state = larc.start(network.store, network.weights, "m");
  larc.step(network.pass(), network.weights, state, as_they_are);
  CHECK(state.velocity[0][0] == Approx(0.0005759357095).epsilon(1e-9));
  CHECK(state.velocity[0][1] == Approx(-0.0004435904197).epsilon(1e-9));
  CHECK(state.velocity[0][0] == Approx(0.001065949203 * (g[0] + 1e-6 * w[0])).epsilon(1e-9));
}

TEST_CASE("LARC follows timm's Lars, whose conventions are LARC's, with decay", "[optimizer]") {
  const Larc larc{.learning_rate = 0.5, .weight_decay = 0.01};
  CHECK(largest_difference<Cpu>(larc, "optimizer/larc.txt") < 1e-5);
  CHECK(largest_difference<D>(larc, "optimizer/larc.txt") < 1e-12);
}

TEST_CASE("LARC: the rate stands outside the buffer", "[optimizer]") {
  Network<D> network({1});
  network.weights.parameters[0][0] = 1;
  network.weights.gradient[0][0] = 2;
  const Larc larc{.learning_rate = cosine(1), .momentum = 0.5, .weight_decay = 0};
  auto state = larc.start(network.store, network.weights, "m");
  double w = 1, v = 0;
  for (Index step = 0; step < 3; ++step) {
    const double rate = larc.learning_rate.at({.step = step, .steps = 3});
    v = 0.5 * v + 2 * 1e-3 * w / (2 + 1e-8);
    w -= rate * v;
    larc.step(network.pass({.step = step, .steps = 3}), network.weights, state, as_they_are);
    CHECK(network.weights.parameters[0][0] == Approx(w).epsilon(1e-12));
  }
}

TEST_CASE("LARC: where weights or gradients are all 0 the gradient stays as it is", "[optimizer]") {
  Network<Cpu> network({1, 1});
  network.weights.parameters[1][0] = 1;
  network.weights.gradient[0][0] = 1;
  const Larc larc{.learning_rate = 0.5, .momentum = 0, .weight_decay = 0.1};
  auto state = larc.start(network.store, network.weights, "m");
  larc.step(network.pass(), network.weights, state, as_they_are);
  CHECK(network.weights.parameters[0][0] == -0.5f);
  CHECK(network.weights.parameters[1][0] == 1.f);
}

TEST_CASE("LARC does not touch what is frozen, and scales only what adapts", "[optimizer]") {
  Network<Cpu> network({1, 1});
  for (Index k = 0; k < 2; ++k)
    network.weights.parameters[k][0] = 1, network.weights.gradient[k][0] = 1;
  const Larc larc{.learning_rate = 0.5, .weight_decay = 0};
  auto state = larc.start(network.store, network.weights, "m");
  larc.step(network.pass(), network.weights, state, [](const Segment& s) {
    return ParameterGroup{.adapts = false, .frozen = s.name == "w0"};
  });
  CHECK(network.weights.parameters[0][0] == 1.f);
  CHECK(state.velocity[0][0] == 0.f);
  CHECK(network.weights.parameters[1][0] == 0.5f);
}

TEST_CASE("Larc does not drop a gradient whose norm overflows", "[optimizer]") {
  Network<BasicCpu<double>> network({2});
  std::fill_n(network.weights.parameters[0].begin(), 2, 1.0);
  network.weights.gradient[0][0] = 1e200;
  auto state = Larc{}.start(network.store, network.weights, "m");
  Larc{}.step(network.pass(), network.weights, state, as_they_are);
  CHECK(std::isnan(network.weights.parameters[0][0]));
}
