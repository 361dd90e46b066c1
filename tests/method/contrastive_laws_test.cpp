// The contrastive systems keep the laws of method/laws.hpp.
#include <selfsame/method/contrastive.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

template <class M>
M both_directions(M method) {
  method.positives.directions = Directions::both;
  return method;
}

}  // namespace

TEST_CASE("SimCLR keeps the laws of methods", "[method]") {
  laws(Contrastive<mine::Flat>{}).gradient().others();
  laws(Contrastive<mine::Flat>{.loss = {.temperature = 0.1}}).gradient();
}
TEST_CASE("SupCon keeps the laws of methods", "[method]") {
  laws(Contrastive<mine::Flat, SameLabel>{}).gradient().others();
}
TEST_CASE("MoCo keeps the laws of methods, with one direction and with both", "[method]") {
  const Contrastive<mine::Flat, Queue, EMA> moco{.memory = {.capacity = 20},
                                                 .target = {.momentum = 0.8}};
  laws(moco).gradient().others();
  laws(both_directions(moco)).gradient().others();
}
TEST_CASE("MoCo v3 keeps the laws of methods", "[method]") {
  laws(Contrastive<mine::Flat, EMA, OwnKey, Predictor, InfoNCE>{
           .predictor = {.hidden = 6, .normalised = HeadNorm::none},
           .positives = {.directions = Directions::both, .others = 1},
           .target = {.momentum = cosine(0.9, 1)}})
      .gradient()
      .others();
}
TEST_CASE("SimCLR with a memory keeps the laws of methods", "[method]") {
  laws(Contrastive<mine::Flat, Queue, EMA, OtherViews, NtXent>{.memory = {.capacity = 20}})
      .gradient()
      .others();
}
