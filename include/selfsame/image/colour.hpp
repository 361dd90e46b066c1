/// @file
/// How colourful an image is, and of which colour: operations on red, green and blue, in place. An
/// image of one channel is grey already, and they leave it as it is.
#pragma once
#include <selfsame/image/pixels.hpp>
#include <selfsame/image/tone.hpp>

#include <cmath>

namespace selfsame {

/// .2989 R + .5870 G + .1140 B in all three channels.
///
/// @param image  3 channels; of 1 channel nothing changes
inline void greyscale(Pixels image) {
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == 1) return;
  for (float *p = image.data, *end = p + image.size(); p < end; p += 3)
    p[0] = p[1] = p[2] = red_weight * p[0] + green_weight * p[1] + blue_weight * p[2];
}

enum class SaturationModel {
  hsv,   ///< the saturation of HSV is multiplied, and at most 1: SimCLR
  blend  ///< grey + factor (x - grey): torchvision
};

/// Multiplies the saturation; factor >= 0, 1 changes nothing, 0 takes all colour out. Blends are
/// not clipped.
///
/// HSV has value v = max(R, G, B) and saturation s = (v - min) / v. Where hue and value stay, every
/// channel is x = v - (v - x) s' / s, so the hue need not be known.
///
/// @param image  3 channels in [0, 1]; of 1 channel nothing changes
inline void saturation(Pixels image, float factor, SaturationModel model = SaturationModel::hsv) {
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == 1) return;
  for (float *p = image.data, *end = p + image.size(); p < end; p += 3) {
    const float r = p[0], g = p[1], b = p[2];
    float still, by;  // x <- still + by (x - still)
    if (model == SaturationModel::blend) {
      still = red_weight * r + green_weight * g + blue_weight * b;
      by = factor;
    } else {
      still = std::max(r, std::max(g, b));
      const float chroma = still - std::min(r, std::min(g, b));
      by = factor * chroma > still ? still / chroma : factor;  // s' = min(1, factor s)
    }
    p[0] = still + by * (r - still);
    p[1] = still + by * (g - still);
    p[2] = still + by * (b - still);
  }
}

/// Turns the hue of HSV; 0 and 1 change nothing, 1/3 makes red green.
///
/// With the hue h in sixths of a turn, value v and chroma c = v - min, the channels are v - c f(5 +
/// h), v - c f(3 + h) and v - c f(1 + h), where f(k) = max(0, min(k, 4 - k, 1)) has period 6.
///
/// @param image  3 channels in [0, 1]; of 1 channel nothing changes
/// @param turns  how far, in turns; any finite number
inline void hue(Pixels image, double turns) {
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == 1) return;
  const auto sixths = static_cast<float>(6 * (turns - std::floor(turns)));  // in [0, 6]
  const auto f = [](float k) {                                              // k in [0, 17)
    k = k >= 6 ? k - 6 : k;
    k = k >= 6 ? k - 6 : k;
    return std::max(0.0f, std::min(std::min(k, 4 - k), 1.0f));
  };
  for (float *p = image.data, *end = p + image.size(); p < end; p += 3) {
    const float r = p[0], g = p[1], b = p[2];
    const float v = std::max(r, std::max(g, b)), chroma = v - std::min(r, std::min(g, b));
    if (chroma <= 0) continue;  // grey has no hue
    const float per = 1 / chroma;
    const float h = sixths + (v == r   ? (g - b) * per
                              : v == g ? 2 + (b - r) * per
                                       : 4 + (r - g) * per);
    p[0] = v - chroma * f(5 + h);
    p[1] = v - chroma * f(3 + h);
    p[2] = v - chroma * f(1 + h);
  }
}

}  // namespace selfsame
