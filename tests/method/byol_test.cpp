#include <selfsame/method/byol.hpp>

#include <selfsame/core/fields.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("BYOL: the named system has the paper's networks, views and momentum", "[method]") {
  const Layout layout = byol.network().layout<Cpu>({1, 224, 224, 3});
  // ResNet-50, 2048 x 4096 and a norm, 4096 x 256 and a bias, and the predictor
  CHECK(layout.parameter_count() ==
        23'508'032 + (2048 + 2) * 4096 + 4097 * 256 + (256 + 2) * 4096 + 4097 * 256);
  CHECK(byol.target.momentum.at({.step = 0, .steps = 100}) == 0.996);
  CHECK(byol.augmenter.first.blur.probability == 1);
  CHECK(byol.augmenter.second.blur.probability == 0.1);
  CHECK(byol.augmenter.second.solarise.probability == 0.2);
}

TEST_CASE("BYOL: its numbers are set and printed by name", "[method]") {
  BYOL method = byol;
  set(method, "target.momentum=0.99");
  set(method, "predictor.hidden=1024");
  CHECK(method.target.momentum.from == 0.99);
  CHECK(json(method).find("\"predictor.hidden\": 1024") != std::string::npos);
}
