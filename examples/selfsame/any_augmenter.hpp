/// @file
/// The views of an augmenter, without its type.
#pragma once
#include <selfsame/augmenter/view_maker.hpp>

#include <functional>

namespace selfsame::program {

/// Which views there are of an image, and how they are made.
struct AnyAugmenter {
  std::vector<ViewSpec> views;
  std::function<void(std::uint64_t seed, Draw, const Source&, std::span<const Pixels>, Workspace&)>
      make;
};

/// @throws std::invalid_argument  where the augmenter cannot work on such images
template <ViewMaker A>
AnyAugmenter any_augmenter(const A& augmenter, Shape image) {
  augmenter.check(image);
  return {augmenter.views(image), [augmenter](std::uint64_t seed, Draw draw, const Source& source,
                                              std::span<const Pixels> outs, Workspace& scratch) {
            augmenter.make(seed, draw, source, outs, scratch);
          }};
}

}  // namespace selfsame::program
