/// @file
/// The named systems with the papers' optimizers, schedules and batches.
#pragma once
#include <selfsame/method/byol.hpp>
#include <selfsame/method/moco.hpp>
#include <selfsame/method/simclr.hpp>
#include <selfsame/method/swav.hpp>
#include <selfsame/optimizer/larc.hpp>
#include <selfsame/optimizer/lars.hpp>
#include <selfsame/optimizer/sgd.hpp>
#include <selfsame/train/recipe.hpp>

namespace selfsame {

// Warm-ups are of steps, those of 1,281,167 images of ImageNet or 50,000 of CIFAR-10.

/// A warm-up of 10 epochs to 0.3 batch / 256, decay 1e-6, 100 epochs.
/// @see Chen et al. 2020, arXiv:2002.05709, section 2.3 and appendix B.6
inline constexpr Recipe<SimCLR, Lars> simclr_imagenet_recipe{
    .method = simclr_imagenet,
    .optimizer = {.learning_rate = Schedule<NonNegative>(cosine(4.8)).after_warmup(3127),
                  .weight_decay = 1e-6},
    .batch = 4096,
    .epochs = 100};

/// Rate 1.0 batch / 256, 1,000 epochs: the command of the released code, with the paper's decay.
/// @see the same, appendix B.9, and google-research/simclr
inline constexpr Recipe<SimCLR, Lars> simclr_cifar10_recipe{
    .method = simclr_cifar10,
    .optimizer = {.learning_rate = Schedule<NonNegative>(cosine(2)).after_warmup(976),
                  .weight_decay = 1e-6},
    .batch = 512,
    .epochs = 1000};

/// A tenth of the rate from epochs 120 and 160 on, of 200; everything decays; norms of 32 images.
/// @see He et al. 2020, arXiv:1911.05722, section 4
inline constexpr Recipe<MoCo, Sgd, AllDecay> moco_v1_recipe{
    .method = moco_v1,
    .optimizer = {.learning_rate =
                      [] {
                        Schedule<NonNegative> s(NonNegative(0.03), NonNegative(0.03), Curve::steps);
                        s.first_milestone = 0.6;
                        s.second_milestone = 0.8;
                        return s;
                      }(),
                  .weight_decay = 1e-4},
    .batch = 256,
    .epochs = 200,
    .batch_norm_group = 32};

/// The same along a cosine, by steps where the released code counts epochs.
/// @see Chen et al. 2020, arXiv:2003.04297
inline constexpr Recipe<MoCo, Sgd, AllDecay> moco_v2_recipe{
    .method = moco_v2,
    .optimizer = {.learning_rate = cosine(0.03), .weight_decay = 1e-4},
    .batch = 256,
    .epochs = 200,
    .batch_norm_group = 32};

/// 200 epochs, norms of 64 images.
/// @see facebookresearch/moco, the CIFAR-10 notebook
inline constexpr Recipe<MoCo, Sgd, AllDecay> moco_cifar10_recipe{
    .method = moco_cifar10,
    .optimizer = {.learning_rate = cosine(0.06), .weight_decay = 5e-4},
    .batch = 512,
    .epochs = 200,
    .batch_norm_group = 64};

/// 1,000 epochs at 0.2 batch / 256. The released code has the rate outside the optimizer's buffer, `Lars`
/// inside, which is the same where the rate stands still.
/// @see Grill et al. 2020, arXiv:2006.07733, section 3.2 and appendix J
inline constexpr Recipe<BYOL, Lars> byol_recipe{
    .method = byol,
    .optimizer = {.learning_rate = Schedule<NonNegative>(cosine(3.2)).after_warmup(3127),
                  .weight_decay = 1.5e-6},
    .batch = 4096,
    .epochs = 1000};

/// 400 epochs at 4.8, to a thousandth of it. The released script's warm-up begins at 0.3, this one at 0.
/// @see Caron et al. 2020, arXiv:2006.09882, appendix A
inline constexpr Recipe<SwAV, Larc, AllDecay> swav_recipe{
    .method = swav,
    .optimizer = {.learning_rate = Schedule<NonNegative>(cosine(4.8, 0.0048)).after_warmup(3120),
                  .weight_decay = 1e-6},
    .batch = 4096,
    .epochs = 400};

/// Batches of 256 with a queue: 0.6 to 0.0006, without a warm-up.
/// @see the same
inline constexpr Recipe<SwAVWithQueue, Larc, AllDecay> swav_256_recipe{
    .method = swav_256,
    .optimizer = {.learning_rate = cosine(0.6, 0.0006), .weight_decay = 1e-6},
    .batch = 256,
    .epochs = 400};

}  // namespace selfsame
