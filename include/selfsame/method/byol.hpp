/// @file
/// BYOL and SimSiam by name: the types and BYOL's numbers.
#pragma once
#include <selfsame/augmenter/different_views.hpp>
#include <selfsame/method/predictive.hpp>

namespace selfsame {

using BYOL = Predictive<EMA, Predictor, DifferentViews>;
using SimSiam = Predictive<Predictor>;

/// ImageNet, 1,000 epochs: ResNet-50, 4,096 hidden units and 256 numbers in head and predictor, momentum from 0.996
/// to 1.
/// @see Grill et al. 2020, arXiv:2006.07733, section 3.2 and appendix B
inline constexpr BYOL byol{
    .augmenter =
        {.first = {.jitter = {.brightness = 0.4, .contrast = 0.4, .saturation = 0.2, .hue = 0.1},
                   .blur = {.probability = 1}},
         .second = {.jitter = {.brightness = 0.4, .contrast = 0.4, .saturation = 0.2, .hue = 0.1},
                    .blur = {.probability = 0.1},
                    .solarise = {.probability = 0.2}}},
    .encoder = {.depth = 50},
    .head = {.hidden = 4096, .outputs = 256, .normalised = HeadNorm::hidden},
    .target = {.momentum = cosine(0.996, 1)}};

}  // namespace selfsame
