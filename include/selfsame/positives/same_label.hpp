/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/positives/embedded.hpp>
#include <selfsame/relation/same_label.hpp>

namespace selfsame {

/// Every view of every image of a row's class is a positive of it; all views of all images are compared in
/// one batch, both sides with a gradient. SupCon. Images without a label are negatives of all.
///
/// @see Khosla et al. 2020, arXiv:2004.11362, eq. 2; the paper's temperature is 0.1
struct SameLabel {
  using plays = role::Positives;
  static constexpr bool labelled = true;
  static constexpr Passes passes = Passes::together;

  template <class D, class Visit>
  void compare(const Embedded<D>& embedded, Visit&& visit) const {
    visit(embedded.queries[0], SameRows{}, SameLabelRelation<D>{embedded.labels},
          embedded.remembered);
  }
};

}  // namespace selfsame
