/// @file
/// The steps that a view is made of. A step holds its numbers and its probability; it never
/// allocates.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/random.hpp>
#include <selfsame/image/pixels.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <concepts>
#include <string_view>

namespace selfsame {

/// Changes an image in place. `random` is this operation's own array of numbers: element 0 says
/// whether it applies, further elements how. `check` throws std::invalid_argument where it cannot
/// work on such images.
template <class O>
concept PixelOperation = requires(const O operation, const Random& random, Pixels image,
                                  Workspace& scratch, Shape shape) {
  { operation.check(shape) } -> std::same_as<void>;
  { operation.apply(random, image, scratch) } -> std::same_as<void>;
};

/// Makes a view of a source: a crop, or a whole sequence. `output` is the shape of the view of an
/// image of some shape; `apply` overwrites all of `out`, which has it.
template <class O>
concept SourceOperation = requires(const O operation, const Random& random, const Source& source,
                                   Pixels out, Workspace& scratch, Shape shape) {
  { operation.output(shape) } -> std::same_as<Shape>;
  { operation.check(shape) } -> std::same_as<void>;
  { operation.apply(random, source, out, scratch) } -> std::same_as<void>;
};

/// A range to draw from: uniformly, unless an operation says otherwise.
template <class Number>
struct Between {
  Number low;
  Number high;

  /// Throws if the ends are exchanged.
  void check(std::string_view name) const {
    if (low > high)
      throw std::invalid_argument("selfsame: " + std::string(name) + ".low is " +
                                  std::to_string(low) + ", .high is " + std::to_string(high) +
                                  "; low must not be above high");
  }
  friend constexpr bool operator==(const Between&, const Between&) = default;
};

/// Throws unless images have 1 or 3 channels: what speaks of colour needs grey, or red, green and
/// blue.
inline void require_colour(std::string_view what, Shape image) {
  if (image.channels != 1 && image.channels != 3)
    throw std::invalid_argument("selfsame: " + std::string(what) +
                                " needs 1 or 3 channels, images have " +
                                std::to_string(image.channels) + "; set it to 0");
}

}  // namespace selfsame
