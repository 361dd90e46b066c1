/// @file
/// Now and then, left is right.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/flip.hpp>

namespace selfsame {

/// Mirrors the image horizontally. Any number of channels.
struct Flip {
  Fraction probability = 0.5;

  void check(Shape) const {}
  void apply(const Random& random, Pixels image, Workspace&) const {
    if (random.chance(0, probability)) flip(image);
  }
  friend bool operator==(const Flip&, const Flip&) = default;
};
static_assert(PixelOperation<Flip>);

}  // namespace selfsame
