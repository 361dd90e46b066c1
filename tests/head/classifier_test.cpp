#include <selfsame/head/classifier.hpp>

#include <selfsame/nn/chain.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Classifier: one linear layer, a logit a class", "[head]") {
  const auto head = chain(Classifier{.classes = 7});
  CHECK(head.output({3, 1, 1, 5}) == Shape{3, 1, 1, 7});
  const Layout layout = head.layout<Cpu>({3, 1, 1, 5});
  CHECK(layout.parameter_count() == 7 * 5 + 7);
  CHECK(layout.parameters()[0].name == "head.weight");
  CHECK(layout.parameters()[1].name == "head.bias");
  check_whole(Classifier{.classes = 4}.layer(), {3, 1, 1, 5});
}
