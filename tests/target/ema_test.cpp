#include <selfsame/target/ema.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {

// Moves a target of two numbers behind online weights of three, over all steps.
std::vector<double> moved(const EMA& ema, std::vector<double> target, std::vector<double> online,
                          Index steps, Index of = 0) {
  using D = BasicCpu<double>;
  const D device;
  Workspace scratch;
  Pass<D> pass{.device = &device, .workspace = &scratch};
  pass.progress.steps = of > 0 ? of : steps;
  for (Index k = 0; k < steps; ++k) {
    pass.progress.step = k;
    ema.update(pass, Vector<const double, D>{online.data(), static_cast<Index>(online.size())},
               Vector<double, D>{target.data(), static_cast<Index>(target.size())});
  }
  return target;
}

}  // namespace

TEST_CASE("EMA: beside weights that stand still a target nears them by its momentum a step",
          "[target]") {
  CHECK(TargetUpdater<EMA, Cpu>);
  CHECK(moved({.momentum = 0.999}, {1, 0}, {2, 2, 9}, 1000)[0] ==
        Approx(1.632304575229).epsilon(1e-12));
  const double kept = std::pow(0.9, 7);
  const auto t = moved({.momentum = 0.9}, {1, -3}, {2, 5, 9}, 7);
  CHECK(t[0] == Approx(kept * 1 + (1 - kept) * 2).epsilon(1e-12));
  CHECK(t[1] == Approx(kept * -3 + (1 - kept) * 5).epsilon(1e-12));
}

TEST_CASE("EMA: momentum 1 leaves the target, momentum 0 copies", "[target]") {
  CHECK(moved({.momentum = 1}, {1, -3}, {2, 5, 9}, 3) == std::vector<double>{1, -3});
  CHECK(moved({.momentum = 0}, {1, -3}, {2, 5, 9}, 1) == std::vector<double>{2, 5});
}

TEST_CASE("EMA: a cosine momentum has the numbers of BYOL's schedule", "[target]") {
  const EMA byol{.momentum = cosine(0.996, 1)};
  const auto at = [&](Index step, Index steps) {
    return byol.momentum.at({.step = step, .steps = steps});
  };
  CHECK(at(0, 100) == 0.996);
  CHECK(at(25, 100) == Approx(.996585786438).epsilon(1e-11));
  CHECK(at(99, 100) == Approx(.999999013121).epsilon(1e-11));
  CHECK(at(156392, 312784) == Approx(.998).epsilon(1e-12));
  // methods of the paper: weights sin(2 + k) after step k
  using D = BasicCpu<double>;
  const D device;
  Workspace scratch;
  Pass<D> pass{.device = &device, .workspace = &scratch};
  pass.progress.steps = 4;
  double target = 0;
  const double expected[] = {.09092974268, .09521374980, .05261293755, .03779931804};
  for (Index k = 0; k < 4; ++k) {
    pass.progress.step = k;
    const double online = std::sin(2.0 + static_cast<double>(k));
    EMA{.momentum = cosine(0.9, 1)}.update(pass, Vector<const double, D>{&online, 1},
                                           Vector<double, D>{&target, 1});
    CHECK(target == Approx(expected[k]).margin(1e-10));
  }
}

TEST_CASE("EMA: a momentum so near 1 that float cannot hold it still moves the target",
          "[target]") {
  const Cpu device;
  Workspace scratch;
  const Pass<Cpu> pass{.device = &device, .workspace = &scratch};
  const float online = 1;
  float target = 0;
  EMA{.momentum = 1 - 1e-9}.update(pass, Vector<const float, Cpu>{&online, 1},
                                   Vector<float, Cpu>{&target, 1});
  CHECK(target == Approx(1e-9f));
}
