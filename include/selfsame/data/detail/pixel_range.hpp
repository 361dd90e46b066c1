/// @file
/// Whether floats are pixels.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace selfsame::detail {

// Whether all of these are in [0, 1]; NaN is not.
template <class T>
bool all_pixels(const T* numbers, Index count) {
  // The bits of a number in [+0, 1] are an integer up to those of 1: one comparison, no branch.
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr auto one = std::bit_cast<Bits>(T(1));
  constexpr Index block = 64;
  Index i = 0;
  for (Bits wrong = 0; i + block <= count && wrong == 0; i += block)
    for (Index k = i; k < i + block; ++k)
      wrong |= static_cast<Bits>(std::bit_cast<Bits>(numbers[k]) > one);
  return std::all_of(numbers + std::max<Index>(i - block, 0), numbers + count,
                     [](T x) { return x >= T(0) && x <= T(1); });
}

inline std::string what_to_do(double least, double most) {
  if (least >= 0 && most <= 1.1) return "clip them";
  if (least >= 0 && most <= 255) return "divide them by 255, or give bytes";
  if (least >= 0 && most <= 65535)
    return "divide them by the largest that they can be, 65535 of 16 bits";
  if (least >= -0.1 && most <= 1.1) return "clip them";
  if (least >= -1 && most <= 1) return "take (x + 1) / 2";
  return "take (x - least) / (most - least) with the least and the most that they can be; "
         "the augmenter normalises";
}

// Empty where the floats of all images are in [0, 1], else what they are and what to do. One pass
// where all is well.
// @param first  image and number in it of the first that is not
template <class T>
std::string pixels_fault(std::span<const T* const> images, Index size,
                         std::pair<Index, Index>* first = nullptr) {
  const auto wrong = std::find_if(images.begin(), images.end(),
                                  [&](const T* image) { return !all_pixels(image, size); });
  if (wrong == images.end()) return {};
  const Index image = wrong - images.begin();
  const Index at =
      std::find_if(*wrong, *wrong + size, [](T x) { return !(x >= 0 && x <= 1); }) - *wrong;
  if (first != nullptr) *first = {image, at};
  double least = std::numeric_limits<double>::infinity(), most = -least;
  Index not_finite = 0;
  for (const T* numbers : images)
    for (Index i = 0; i < size; ++i) {
      const auto x = static_cast<double>(numbers[i]);
      if (!std::isfinite(x)) {
        ++not_finite;
        continue;
      }
      least = std::min(least, x);
      most = std::max(most, x);
    }
  const auto number = [](double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", x);
    return std::string(text);
  };
  const std::string where = "number " + std::to_string(at) + " of image " + std::to_string(image) +
                            " is " + number(static_cast<double>((*wrong)[at]));
  if (not_finite > 0)
    return std::to_string(not_finite) + " pixels are NaN or infinite (" + where +
           "); floats must be in [0, 1]";
  return "pixels are from " + number(least) + " to " + number(most) + " (" + where +
         "); floats must be in [0, 1]: " + what_to_do(least, most);
}

}  // namespace selfsame::detail
