#include <selfsame/method/swav.hpp>

#include <selfsame/core/fields.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("SwAV: the named systems have the paper's networks, views and queue", "[method]") {
  const Layout layout = swav.network().layout<Cpu>({1, 224, 224, 3});
  // ResNet-50, 2048 x 2048 and a norm, 2048 x 128 and a bias, 3,000 prototypes
  CHECK(layout.parameter_count() == 23'508'032 + (2048 + 2) * 2048 + 2049 * 128 + 3000 * 128);
  const auto views = swav.augmenter.views({1, 300, 400, 3});
  REQUIRE(views.size() == 8);
  CHECK(views[1].shape == Shape{1, 224, 224, 3});
  CHECK(views[2].shape == Shape{1, 96, 96, 3});
  CHECK(swav.assigner.epsilon == 0.05);
  CHECK(swav.assigner.iterations == 3);
  CHECK(swav.loss.temperature == 0.1);
  CHECK(swav.prototypes.frozen_steps == 313);
  CHECK(swav_256.memory.capacity == 3840);
  CHECK(swav_256.memory.from_epoch == 15);
}

TEST_CASE("SwAV: its numbers are set and printed by name", "[method]") {
  SwAVWithQueue method = swav_256;
  set(method, "assigner.epsilon=0.03");
  set(method, "augmenter.smalls=4");
  set(method, "prototypes.count=300");
  CHECK(method.assigner.epsilon == 0.03);
  CHECK(method.augmenter.smalls == 4);
  CHECK(json(method).find("\"prototypes.count\": 300") != std::string::npos);
}
