#include <selfsame/encoder/resnet.hpp>

#include <selfsame/nn/chain.hpp>

#include <array>
#include <map>

#include "nn/layer_checks.hpp"
#include "support/golden.hpp"
#include "support/golden_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {
Index parameters(const ResNet& net, Index size = 32) {
  return chain(net).layout<Cpu>({1, size, size, 3}).parameter_count();
}
}  // namespace

TEST_CASE("ResNet: parameter counts are the published ones", "[encoder]") {
  ResNet cifar{.depth = 18, .stem = Stem::small, .shortcut = Shortcut::every_stage};
  CHECK(parameters(cifar) == 11'173'056);  // SimCLR's released code
  cifar.shortcut = Shortcut::where_needed;
  CHECK(parameters(cifar) == 11'168'832);
  // torchvision's, without the classifier of 1000 classes
  CHECK(parameters({.depth = 18}, 64) == 11'689'512 - 513'000);
  CHECK(parameters({.depth = 34}, 64) == 21'797'672 - 513'000);
  CHECK(parameters({.depth = 50}, 64) == 25'557'032 - 2'049'000);
  CHECK(parameters({.depth = 50, .width = 2}, 64) == 93'907'072);
  CHECK(parameters({.depth = 50, .width = 4}, 64) == 375'378'176);
  // He et al. 2016, table 6: 0.27, 0.46, 0.66 million with a classifier and without projections
  CHECK(parameters({.depth = 20, .stem = Stem::small}) == 269'722 - 650 + 2752);
  CHECK(parameters({.depth = 32, .stem = Stem::small}) == 464'154 - 650 + 2752);
  CHECK(parameters({.depth = 44, .stem = Stem::small}) == 658'586 - 650 + 2752);
}

TEST_CASE("ResNet: segments have torchvision's names, order and shapes", "[encoder]") {
  for (const Index depth : {18, 50}) {
    const Golden golden =
        Golden::read("encoder/torchvision_resnet" + std::to_string(depth) + ".txt");
    Layout layout = Layout::on<Cpu>();
    ResNet{.depth = depth}.describe({1, 224, 224, 3}, layout);
    std::size_t seen = 0;
    for (const auto* list : {&layout.parameters(), &layout.buffers()})
      for (const Segment& s : *list) {
        CAPTURE(s.name);
        std::vector<double> extents(s.extents.begin(), s.extents.end());
        if (extents.size() == 4)
          extents = {extents[0], extents[3], extents[1], extents[2]};  // theirs are (O, C, kh, kw)
        CHECK(golden["extents." + s.name].values == extents);
        ++seen;
      }
    CHECK(static_cast<double>(seen) == golden["entries"].values.at(0));
  }
}

TEST_CASE("ResNet: a depth that does not exist is refused with the list of those that do",
          "[encoder]") {
  for (const Index depth : {1, 9, 19, 101})
    CHECK_THROWS_WITH(
        (ResNet{.depth = depth}.output({1, 32, 32, 3})),
        Catch::Matchers::ContainsSubstring("8, 10, 14, 18, 20, 26, 32, 34, 44 or 50") &&
            Catch::Matchers::ContainsSubstring(std::to_string(depth)));
}

TEST_CASE("ResNet: an image becomes one row of channels, and a grid of 2 puts four side by side",
          "[encoder]") {
  CHECK(ResNet{.depth = 18}.output({3, 64, 64, 3}) == Shape{3, 1, 1, 512});
  CHECK(ResNet{.depth = 50, .width = 2}.output({3, 64, 64, 3}) == Shape{3, 1, 1, 4096});
  CHECK(ResNet{.depth = 8, .stem = Stem::small_strided}.output({2, 28, 28, 1}) ==
        Shape{2, 1, 1, 64});
  CHECK(ResNet{.depth = 8, .stem = Stem::small_strided, .grid = 2}.output({2, 28, 28, 1}) ==
        Shape{2, 1, 1, 256});
  CHECK(ResNet{.depth = 8, .width = 0.001}.output({2, 28, 28, 1}).channels == 1);
}

TEST_CASE("ResNet: gradients of every kind of network agree with central differences",
          "[encoder]") {
  const Shape in{4, 9, 8, 2};
  for (const ResNet& net : {ResNet{.depth = 8, .width = 0.25, .stem = Stem::small},
                            ResNet{.depth = 10, .width = 1. / 16},
                            ResNet{.depth = 26,
                            .width = 1. / 32,
                            .stem = Stem::small_strided,
                            .shortcut = Shortcut::every_stage},
                            ResNet{.depth = 14, .width = 0.25, .stem = Stem::small, .grid = 2}}) {
    ResNet started = net;
    started.last_scale = ScaleStart::one;
    for (const Mode mode : {Mode::train, Mode::evaluate}) {
      CAPTURE(net.depth.value, static_cast<int>(mode));
      const LayerErrors e =
          check_layer(started, in, mode, [](auto&) {}, {.step = 1e-7, .all_below = 4});
      CHECK(e.worst() < 1e-6);
      CHECK(e.kept_promises());
    }
  }
  CHECK(check_layer(ResNet{.depth = 8, .width = 0.25, .stem = Stem::small}, {6, 6, 6, 1},
                    Mode::train, [](auto& pass) { pass.batch_norm_group = 3; },
                    {.step = 1e-7, .all_below = 4})
            .worst() < 1e-6);
}

TEST_CASE("ResNet: float, and float activations with double weights, agree with double",
          "[encoder]") {
  const ResNet net{.depth = 8, .width = 0.25, .stem = Stem::small};
  for (const Mode mode : {Mode::train, Mode::evaluate}) {
    CHECK(device_error<Cpu>(net, {4, 8, 8, 2}, mode) < 1e-4);
    CHECK(device_error<BasicCpu<double, float>>(net, {4, 8, 8, 2}, mode) < 1e-4);
  }
}

TEST_CASE("ResNet: a segment full of NaN makes every number of every embedding NaN", "[encoder]") {
  for (const Stem stem : {Stem::small, Stem::imagenet})
    for (const bool differentiable : {true, false}) {  // as training runs it, and fused
      LayerRun<Cpu, ResNet> run({.depth = 10, .width = 0.25, .stem = stem}, {3, 32, 32, 2},
                                Mode::evaluate);
      run.pass.needs_backward = differentiable;
      for (Index k = 0; k < run.weights.parameters.count(); ++k) {
        CAPTURE(run.weights.parameters.segments[static_cast<std::size_t>(k)].name, differentiable);
        const auto weights = run.weights.parameters[k];
        const std::vector<float> before(weights.begin(), weights.end());
        std::fill(weights.begin(), weights.end(), NAN);
        run.value();
        CHECK(std::all_of(run.y.begin(), run.y.end(), [](float y) { return std::isnan(y); }));
        std::copy(before.begin(), before.end(), weights.begin());
      }
    }
}

TEST_CASE("ResNet: with scales of zero at its ends a branch starts as nothing", "[encoder]") {
  Store<Cpu> store;
  const auto net = chain(ResNet{.depth = 8, .stem = Stem::small});
  const Trained<Cpu> w = reserve_trained(store, net.layout<Cpu>({1, 8, 8, 1}), 1);
  Index at_zero = 0;
  for (Index k = 0; k < w.parameters.count(); ++k)
    at_zero += w.parameters.segments[static_cast<std::size_t>(k)].kind == Kind::scale &&
               w.parameters[k][0] == 0;
  CHECK(at_zero == 3);
}

TEST_CASE(
    "ResNet: forward, running statistics and all gradients agree with PyTorch to 1e-5 in float",
    "[encoder]") {
  const ResNet cases[] = {
      {.depth = 8, .width = 0.5, .stem = Stem::small},
      {.depth = 18, .width = 0.125, .stem = Stem::imagenet},
      {.depth = 26, .width = 0.0625, .stem = Stem::small},
      {.depth = 18, .width = 0.125, .stem = Stem::small, .shortcut = Shortcut::every_stage},
  };
  const char* names[] = {"resnet8", "resnet18", "resnet26", "resnet18_simclr"};
  for (std::size_t k = 0; k < 4; ++k) {
    const Golden golden = Golden::read(std::string("encoder/") + names[k] + ".txt");
    ResNet net = cases[k];
    net.last_scale = ScaleStart::one;
    net.running_variance = BatchNorm::Variance::unbiased;  // as PyTorch keeps it
    CAPTURE(names[k]);
    const GoldenErrors<Cpu> single(chain(net), golden);
    CHECK(single.train < 1e-5);
    CHECK(single.evaluate < 1e-5);
    CHECK(single.buffers < 1e-5);
    CHECK(single.input < 1e-5);
    CHECK(single.gradients < 1e-5);
    const GoldenErrors<BasicCpu<double>> exact(chain(net), golden);
    CHECK(exact.worst() < 1e-9);
  }
}
