#include <selfsame/head/projector.hpp>

#include <selfsame/nn/chain.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {
Index parameters(const Projector& head, Index inputs) {
  return chain(head).layout<Cpu>({1, 1, 1, inputs}).parameter_count();
}
}  // namespace

TEST_CASE("Projector: parameter counts are those of SimCLR's released code", "[head]") {
  CHECK(parameters({}, 512) == 328'832);
  CHECK(parameters({.depth = 3}, 512) == 592'000);
  CHECK(parameters({.hidden = 2048}, 2048) == 4'460'672);
  CHECK(parameters({.depth = 3, .hidden = 2048}, 2048) == 8'659'072);
  // the paper's: two layers with biases
  CHECK(parameters({.normalised = HeadNorm::none}, 512) == 512 * 512 + 512 + 512 * 128 + 128);
}

TEST_CASE("Projector: segments are named head.<position>, the last norm has no shift", "[head]") {
  const Layout layout = chain(Projector{}).layout<Cpu>({1, 1, 1, 4});
  std::vector<std::string> names;
  for (const Segment& s : layout.parameters()) names.push_back(s.name);
  CHECK(names == std::vector<std::string>{"head.0.weight", "head.1.weight", "head.1.bias",
                                          "head.3.weight", "head.4.weight"});
}

TEST_CASE("Projector: gradients agree with central differences, on every device", "[head]") {
  check_whole(Projector{.hidden = 7, .outputs = 3}.layer(), {6, 1, 1, 5});
  check_whole(Projector{.depth = 3, .hidden = 5, .outputs = 3}.layer(), {6, 1, 1, 4});
}
