/// @file
/// SimCLR by name: the type and the papers' numbers.
#pragma once
#include <selfsame/method/contrastive.hpp>

namespace selfsame {

using SimCLR = Contrastive<>;

/// ImageNet: ResNet-50, head 2048-2048-128, temperature 0.1, colour strength 1, blur.
/// @see Chen et al. 2020, arXiv:2002.05709, section 2.3 and appendix A
inline constexpr SimCLR simclr_imagenet{
    .augmenter = {.jitter = {.brightness = 0.8, .contrast = 0.8, .saturation = 0.8, .hue = 0.2},
                  .blur = {.probability = 0.5}},
    .encoder = {.depth = 50, .shortcut = Shortcut::every_stage},
    .head = {.hidden = 2048},
    .loss = {.temperature = 0.1}};

/// CIFAR-10: ResNet-18 with a 3 x 3 stem, head 512-512-128, temperature 0.5, colour strength 0.5, no blur.
/// @see the same, appendix B.9, and the command of google-research/simclr
inline constexpr SimCLR simclr_cifar10{
    .encoder = {.depth = 18, .stem = Stem::small, .shortcut = Shortcut::every_stage},
    .loss = {.temperature = 0.5}};

}  // namespace selfsame
