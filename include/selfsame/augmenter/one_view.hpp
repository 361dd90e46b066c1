/// @file
/// One view: to train with labels, and to evaluate.
#pragma once
#include <selfsame/augmenter/flip.hpp>
#include <selfsame/augmenter/normalise_pixels.hpp>
#include <selfsame/augmenter/padded_crop.hpp>
#include <selfsame/augmenter/random_resized_crop.hpp>
#include <selfsame/augmenter/view_maker.hpp>
#include <selfsame/augmenter/whole_image.hpp>

#include <cassert>

namespace selfsame {

/// Crop, flip, normalise: what supervised training does to small images. Any number of channels.
///
/// @tparam Crop  `PaddedCrop` shifts the image, `RandomResizedCrop` takes a part of it
template <SourceOperation Crop>
struct OneViewOf {
  using plays = role::Augmenter;
  Crop crop{};
  Flip flip{};
  NormalisePixels normalise{};

  Shape output(Shape image) const { return crop.output(image); }
  std::vector<ViewSpec> views(Shape image) const { return {{output(image)}}; }
  void check(Shape image) const {
    crop.check(image);
    flip.check(image);
    normalise.check(image);
  }
  void apply(const Random& random, const Source& source, Pixels out, Workspace& scratch) const {
    crop.apply(random.at("crop"), source, out, scratch);
    flip.apply(random.at("flip"), out, scratch);
    normalise.apply(random.at("normalise"), out, scratch);
  }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(outs.size() <= 1);
    detail::make_views(*this, seed, draw, source, outs, scratch);
  }
  friend bool operator==(const OneViewOf&, const OneViewOf&) = default;
};
/// He et al. 2016, arXiv:1512.03385, section 4.2: shifts of up to 4 pixels, and flips.
using OneView = OneViewOf<PaddedCrop>;
static_assert(ViewMaker<OneView>);

/// No randomness: the whole image, normalised; what evaluation sees. Any number of channels.
struct Plain {
  using plays = role::Augmenter;
  WholeImage crop{};
  NormalisePixels normalise{};

  Shape output(Shape image) const { return crop.output(image); }
  std::vector<ViewSpec> views(Shape image) const { return {{output(image)}}; }
  void check(Shape image) const {
    crop.check(image);
    normalise.check(image);
  }
  void apply(const Random& random, const Source& source, Pixels out, Workspace& scratch) const {
    crop.apply(random, source, out, scratch);
    normalise.apply(random, out, scratch);
  }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(outs.size() <= 1);
    detail::make_views(*this, seed, draw, source, outs, scratch);
  }
  friend bool operator==(const Plain&, const Plain&) = default;
};
static_assert(ViewMaker<Plain>);

}  // namespace selfsame
