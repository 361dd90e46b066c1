/// @file
/// Now and then, what is light becomes dark.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/tone.hpp>

namespace selfsame {

/// x <- 1 - x where x >= threshold. Any number of channels.
///
/// Defaults: Grill et al. 2020, arXiv:2006.07733, appendix B (its second view).
struct Solarise {
  Fraction threshold = 0.5;
  Fraction probability = 0.2;

  void check(Shape) const {}
  void apply(const Random& random, Pixels image, Workspace&) const {
    if (random.chance(0, probability)) solarise(image, static_cast<float>(threshold));
  }
  friend bool operator==(const Solarise&, const Solarise&) = default;
};
static_assert(PixelOperation<Solarise>);

}  // namespace selfsame
