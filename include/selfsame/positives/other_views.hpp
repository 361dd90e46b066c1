/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/positives/embedded.hpp>
#include <selfsame/relation/other_views.hpp>

namespace selfsame {

/// Every view of an image is a positive of every other view of it; all views of all images are
/// compared in one batch, both sides with a gradient. SimCLR.
struct OtherViews {
  using plays = role::Positives;
  static constexpr bool labelled = false;  ///< whether a step needs labels
  static constexpr Passes passes =
      Passes::together;  ///< one pass over all views: one batch's statistics

  template <class E, class Visit>
  void compare(const E& embedded, Visit&& visit) const {
    visit(embedded.queries[0], SameRows{}, OtherViewsRelation{embedded.batch, embedded.views},
          embedded.remembered);
  }
};

}  // namespace selfsame
