/// @file
/// SwAV by name: the types and the paper's numbers.
#pragma once
#include <selfsame/method/clustering.hpp>

namespace selfsame {

using SwAV = Clustering<Sinkhorn, Prototypes, MultiCrop>;
/// With the rows of earlier steps, for small batches.
using SwAVWithQueue = Clustering<Sinkhorn, Prototypes, MultiCrop, Queue>;

namespace detail {
constexpr TwoViews swav_view(double low, double high, Index size) {
  return {.crop = {.area = {low, high}, .size = size, .interpolation = Interpolation::bilinear},
          .jitter = {.brightness = 0.8, .contrast = 0.8, .saturation = 0.8, .hue = 0.2},
          .blur = {.probability = 0.5}};
}
}  // namespace detail

/// ImageNet, a batch of 4,096: ResNet-50, head 2048-2048-128, two crops of 224 and six of 96, 3,000
/// prototypes that are frozen for the 313 steps of the first epoch, and one.
/// @see Caron et al. 2020, arXiv:2006.09882, section 4 and appendix A; the released code's numbers
inline constexpr SwAV swav{.augmenter = {.large = detail::swav_view(0.14, 1, 224),
                                         .small = detail::swav_view(0.05, 0.14, 96)},
                           .encoder = {.depth = 50,
                                       .last_scale = ScaleStart::one,
                                       .running_variance = BatchNorm::Variance::unbiased},
                           .head = {.hidden = 2048, .normalised = HeadNorm::hidden},
                           .prototypes = {.frozen_steps = 313}};

/// ImageNet, a batch of 256: the same with 3,840 rows of earlier steps from epoch 15 on, and prototypes
/// frozen for 5,005 steps.
/// @see the same, appendix A
inline constexpr SwAVWithQueue swav_256{.augmenter = swav.augmenter,
                                        .encoder = swav.encoder,
                                        .head = swav.head,
                                        .prototypes = {.frozen_steps = 5005},
                                        .memory = {.capacity = 3840, .from_epoch = 15}};

}  // namespace selfsame
