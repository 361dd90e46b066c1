/// @file
/// How colourful an image is, and of which colour: operations on red, green and blue, in place. An
/// image of one channel is grey already, and they leave it as it is.
#pragma once
#include <selfsame/image/pixels.hpp>
#include <selfsame/image/tone.hpp>

#include <algorithm>
#include <cmath>

namespace selfsame {

namespace detail {

inline Four larger(const Four& a, const Four& b) {  // NaN where one is
  return ((a > b) | (a != a)) ? a : b;
}
inline Four smaller(const Four& a, const Four& b) { return a < b ? a : b; }

/// f(red, green, blue) changes four pixels at a time; the last may be less than four.
template <class F>
void each_four_pixels(Pixels image, F&& f) {
  float* p = image.data;
  const auto four = [&](float* q) {
    Four r{q[0], q[3], q[6], q[9]}, g{q[1], q[4], q[7], q[10]}, b{q[2], q[5], q[8], q[11]};
    f(r, g, b);
    for (int i = 0; i < 4; ++i) q[3 * i] = r[i], q[3 * i + 1] = g[i], q[3 * i + 2] = b[i];
  };
  Index left = image.height * image.width;
  for (; left >= 4; left -= 4, p += 12) four(p);
  if (left == 0) return;
  float last[12] = {};
  std::copy_n(p, 3 * left, last);
  four(last);
  std::copy_n(last, 3 * left, p);
}

}  // namespace detail

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
  using detail::Four;
  detail::each_four_pixels(image, [=](Four& r, Four& g, Four& b) {
    Four still, by = Four{} + factor;  // x <- still + by (x - still)
    if (model == SaturationModel::blend) {
      still = red_weight * r + green_weight * g + blue_weight * b;
    } else {
      still = detail::larger(r, detail::larger(g, b));
      const Four chroma = still - detail::smaller(r, detail::smaller(g, b));
      by = factor * chroma > still ? still / chroma : by;  // s' = min(1, factor s)
    }
    r = still + by * (r - still);
    g = still + by * (g - still);
    b = still + by * (b - still);
  });
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
  using detail::Four;
  const auto f = [](const Four& at) {  // in [0, 17)
    Four k = at >= 6 ? at - 6 : at;
    k = k >= 6 ? k - 6 : k;
    return detail::larger(Four{}, detail::smaller(detail::smaller(k, 4 - k), Four{} + 1.0f));
  };
  detail::each_four_pixels(image, [&](Four& r, Four& g, Four& b) {
    const Four v = detail::larger(r, detail::larger(g, b));
    const Four chroma = v - detail::smaller(r, detail::smaller(g, b));
    const Four per = chroma > 0 ? 1 / chroma : Four{};  // grey has no hue, and stays
    const Four h = sixths + (v == r   ? (g - b) * per
                             : v == g ? 2 + (b - r) * per
                                      : 4 + (r - g) * per);
    r = v - chroma * f(5 + h);
    g = v - chroma * f(3 + h);
    b = v - chroma * f(1 + h);
  });
}

}  // namespace selfsame
