#include <selfsame/testing/check_same_loss.hpp>

#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/nt_xent.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("SameRows loss: a loss is its own like, and another temperature is not", "[testing]") {
  CHECK(check_same_loss(CrossEntropy{}, CrossEntropy{}));
  const Report other = check_same_loss(CrossEntropy{}, CrossEntropy{.temperature = 2});
  CHECK(other.says("the value of 13 images"));
  CHECK(other.says("the gradient of rows"));
}

TEST_CASE("SameRows loss: losses of pairs by an example of how they are called", "[testing]") {
  CHECK(check_same_loss(NtXent{.temperature = 0.3}, InfoNCE{.temperature = 0.3},
                        testing::detail::ConstantColumns{}));
}
