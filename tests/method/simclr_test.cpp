#include <selfsame/method/simclr.hpp>

#include <selfsame/core/fields.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
template <class Method>
Index parameters(const Method& method, Shape image) {
  return method.network().template layout<Cpu>(image).parameter_count();
}
}  // namespace

TEST_CASE("SimCLR: the named systems have the published numbers of parameters", "[method]") {
  CHECK(parameters(simclr_cifar10, {1, 32, 32, 3}) == 11'173'056 + 328'832);
  // the 1x ResNet-50 projects in every stage's first block anyway, being a bottleneck
  CHECK(parameters(simclr_imagenet, {1, 224, 224, 3}) == 23'508'032 + 4'460'672);
}

TEST_CASE(
    "SimCLR: the named systems have the papers' temperatures, and are recipes: they compare and "
    "print",
    "[method]") {
  CHECK(simclr_imagenet.loss.temperature == 0.1);
  CHECK(simclr_cifar10.loss.temperature == 0.5);
  CHECK(json(simclr_imagenet) != json(simclr_cifar10));
  SimCLR copy = simclr_cifar10;
  CHECK(json(copy) == json(simclr_cifar10));
  set(copy, "loss.temperature=0.2");
  CHECK(copy.loss.temperature == 0.2);
  CHECK(json(copy) != json(simclr_cifar10));
}
