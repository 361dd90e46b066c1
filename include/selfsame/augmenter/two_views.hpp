/// @file
/// Two independent draws of one distribution of views.
#pragma once
#include <selfsame/augmenter/colour_jitter.hpp>
#include <selfsame/augmenter/flip.hpp>
#include <selfsame/augmenter/gaussian_blur.hpp>
#include <selfsame/augmenter/greyscale.hpp>
#include <selfsame/augmenter/normalise_pixels.hpp>
#include <selfsame/augmenter/random_resized_crop.hpp>
#include <selfsame/augmenter/solarise.hpp>
#include <selfsame/augmenter/view_maker.hpp>

#include <cassert>

namespace selfsame {

/// SimCLR's two views: crop, flip, colour jitter, greyscale, blur, in this order. The defaults are
/// those for small images: colour strength 0.5, no blur. BYOL's solarisation and a normalisation
/// follow, and are off.
///
/// Of 1 channel, saturation, hue and greyscale change nothing. Of other numbers than 1 and 3 the
/// strengths of saturation and hue and the probability of greyscale must be 0.
///
/// Chen et al. 2020, arXiv:2002.05709, appendices A and B.9
struct TwoViews {
  using plays = role::Augmenter;
  RandomResizedCrop crop{};
  Flip flip{};
  ColourJitter jitter{};
  Greyscale greyscale{};
  GaussianBlur blur{.probability = 0};
  Solarise solarise{.probability = 0};
  NormalisePixels normalise{};

  Shape output(Shape image) const { return crop.output(image); }
  std::vector<ViewSpec> views(Shape image) const { return {{output(image)}, {output(image)}}; }
  void check(Shape image) const {
    crop.check(image);
    flip.check(image);
    jitter.check(image);
    greyscale.check(image);
    blur.check(image);
    solarise.check(image);
    normalise.check(image);
  }
  /// One view.
  void apply(const Random& random, const Source& source, Pixels out, Workspace& scratch) const {
    crop.apply(random.at("crop"), source, out, scratch);
    flip.apply(random.at("flip"), out, scratch);
    jitter.apply(random.at("jitter"), out, scratch);
    greyscale.apply(random.at("greyscale"), out, scratch);
    blur.apply(random.at("blur"), out, scratch);
    solarise.apply(random.at("solarise"), out, scratch);
    normalise.apply(random.at("normalise"), out, scratch);
  }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(outs.size() <= 2);
    detail::make_views(*this, seed, draw, source, outs, scratch);
  }
  friend bool operator==(const TwoViews&, const TwoViews&) = default;
};
static_assert(ViewMaker<TwoViews> && SourceOperation<TwoViews>);

/// Two views of somebody else's distribution, such as a `Sequence`.
template <SourceOperation View>
struct TwoViewsOf {
  using plays = role::Augmenter;
  View view{};

  std::vector<ViewSpec> views(Shape image) const {
    return {{view.output(image)}, {view.output(image)}};
  }
  void check(Shape image) const { view.check(image); }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(outs.size() <= 2);
    detail::make_views(view, seed, draw, source, outs, scratch);
  }
  friend bool operator==(const TwoViewsOf&, const TwoViewsOf&) = default;
};

}  // namespace selfsame
