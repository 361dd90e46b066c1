/// @file
/// MoCo by name: the types and the papers' numbers.
#pragma once
#include <selfsame/method/contrastive.hpp>

namespace selfsame {

using MoCo = Contrastive<Queue, EMA>;

/// ImageNet, version 1: a linear head, 65,536 keys, momentum 0.999, temperature 0.07. Batch norms of 32 images:
/// `group = 32`. The paper's views take greyscale before the jitter, which is there in every view.
/// @see He et al. 2020, arXiv:1911.05722, section 3.3
inline constexpr MoCo moco_v1{.augmenter = {.crop = {.area = {0.2, 1}},
                                            .jitter = {.brightness = 0.4,
                                                       .contrast = 0.4,
                                                       .saturation = 0.4,
                                                       .hue = 0.4,
                                                       .probability = 1}},
                              .encoder = {.depth = 50,
                                          .last_scale = ScaleStart::one,
                                          .running_variance = BatchNorm::Variance::unbiased},
                              .head = {.depth = 1, .normalised = HeadNorm::none}};

/// ImageNet, version 2: a head of two layers, temperature 0.2, blur.
/// @see Chen et al. 2020, arXiv:2003.04297, table 1
inline constexpr MoCo moco_v2{
    .augmenter = {.crop = {.area = {0.2, 1}},
                  .jitter = {.brightness = 0.4, .contrast = 0.4, .saturation = 0.4, .hue = 0.1},
                  .blur = {.probability = 0.5}},
    .encoder = {.depth = 50,
                .last_scale = ScaleStart::one,
                .running_variance = BatchNorm::Variance::unbiased},
    .head = {.hidden = 2048, .normalised = HeadNorm::none},
    .loss = {.temperature = 0.2}};

/// CIFAR-10, as the authors' notebook: ResNet-18 with a 3 x 3 stem, a linear head, 4,096 keys, momentum 0.99,
/// temperature 0.1.
/// @see facebookresearch/moco, the CIFAR-10 notebook
inline constexpr MoCo moco_cifar10{.encoder = {.depth = 18,
                                               .stem = Stem::small,
                                               .last_scale = ScaleStart::one,
                                               .running_variance = BatchNorm::Variance::unbiased},
                                   .head = {.depth = 1, .normalised = HeadNorm::none},
                                   .memory = {.capacity = 4096},
                                   .target = {.momentum = 0.99},
                                   .loss = {.temperature = 0.1}};

}  // namespace selfsame
