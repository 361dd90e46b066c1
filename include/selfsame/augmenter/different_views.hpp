/// @file
#pragma once
#include <selfsame/augmenter/two_views.hpp>

namespace selfsame {

/// Two views of two distributions of one size: BYOL's T and T'.
///
/// @see Grill et al. 2020, arXiv:2006.07733, appendix B: blur with probability 1 and 0.1, solarisation 0 and 0.2
struct DifferentViews {
  using plays = role::Augmenter;
  TwoViews first{.blur = {.probability = 1}};
  TwoViews second{.blur = {.probability = 0.1}, .solarise = {.probability = 0.2}};

  std::vector<ViewSpec> views(Shape image) const {
    return {{first.output(image)}, {second.output(image)}};
  }
  /// @throws std::invalid_argument  also where the sizes differ
  void check(Shape image) const {
    first.check(image);
    second.check(image);
    if (!(first.output(image) == second.output(image)))
      throw std::invalid_argument("selfsame: the first view is " + to_string(first.output(image)) +
                                  ", the second " + to_string(second.output(image)) +
                                  "; they must agree");
  }
  void make(std::uint64_t seed, Draw draw, const Source& source, std::span<const Pixels> outs,
            Workspace& scratch) const {
    assert(outs.size() <= 2);
    for (std::size_t v = 0; v < outs.size(); ++v)
      (v == 0 ? first : second).apply(view_random(seed, draw, v), source, outs[v], scratch);
  }
  friend bool operator==(const DifferentViews&, const DifferentViews&) = default;
};
static_assert(ViewMaker<DifferentViews>);

}  // namespace selfsame
