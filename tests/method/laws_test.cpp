// The other systems with one network or two keep the laws of method/laws.hpp.
#include "method/laws.hpp"

#include <selfsame/encoder/mlp.hpp>
#include <selfsame/method/predictive.hpp>
#include <selfsame/method/siamese.hpp>

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("BYOL keeps the laws of methods, with one direction and with both", "[method]") {
  const Predictive<mine::Flat, EMA, Predictor> byol{
      .predictor = {.hidden = 6, .normalised = HeadNorm::none}, .target = {.momentum = 0.8}};
  laws(byol).gradient().others();
  auto first = byol;
  first.directions = Directions::first;
  laws(first).gradient();
}
TEST_CASE("SimSiam keeps the laws of methods but for its constants", "[method]") {
  laws(Predictive<mine::Flat, Predictor>{.predictor = {.hidden = 6, .normalised = HeadNorm::none}})
      .others();
}
TEST_CASE("VICReg keeps the laws of methods", "[method]") {
  laws(Siamese<mine::Flat, VICReg>{}).gradient().others();
}
TEST_CASE("Barlow Twins keeps the laws of methods", "[method]") {
  laws(Siamese<mine::Flat, BarlowTwins>{}).gradient().others();
}
TEST_CASE("Supervised training keeps the laws of methods, with smooth labels, too", "[method]") {
  // Its head has no batch norm, so the other encoder has.
  const Supervised<MLP> plain{.encoder = {.hidden = 7, .outputs = 6, .normalised = HeadNorm::none},
                              .head = {.classes = 3}};
  auto normed = plain, smooth = plain;
  normed.encoder.normalised = HeadNorm::all;
  smooth.smoothing = 0.1;
  MethodLaws(plain, normed).gradient().others();
  MethodLaws(smooth, normed).gradient();
}
