/// @file
#pragma once
#include <selfsame/augmenter/two_views.hpp>

namespace selfsame {

/// Large crops, and more small ones of little parts, which cost less: SwAV's. The large ones come first.
///
/// The defaults are for small images, as those of `TwoViews`, but for the areas; small crops have 3/7 of
/// the image's shorter side (96 of 224) unless `small.crop.size` says otherwise.
///
/// @see Caron et al. 2020, arXiv:2006.09882, section 3.2 and appendix A
struct MultiCrop {
  using plays = role::Augmenter;
  Count larges = 2;
  Count smalls = 6;
  TwoViews large{.crop = {.area = {0.14, 1}}};     ///< the distribution of one large view
  TwoViews small{.crop = {.area = {0.05, 0.14}}};  ///< and of one small view

  std::vector<ViewSpec> views(Shape image) const {
    std::vector<ViewSpec> all(static_cast<std::size_t>(larges), {large.output(image)});
    all.insert(all.end(), static_cast<std::size_t>(smalls), {small_output(image)});
    return all;
  }
  void check(Shape image) const {
    large.check(image);
    small.check(image);
  }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(static_cast<Index>(outs.size()) <= larges + smalls);
    for (std::size_t v = 0; v < outs.size(); ++v)
      (static_cast<Index>(v) < larges ? large : small)
          .apply(view_random(seed, draw, v), source, outs[v], scratch);
  }
  friend bool operator==(const MultiCrop&, const MultiCrop&) = default;

 private:
  Shape small_output(Shape image) const {
    if (small.crop.size > 0) return small.output(image);
    const Index side = std::max<Index>(1, (6 * std::min(image.height, image.width) + 7) / 14);
    return {1, side, side, image.channels};
  }
};
static_assert(ViewMaker<MultiCrop>);

}  // namespace selfsame
