/// @file
/// What a Positives compares.
#pragma once
#include <selfsame/relation/relation.hpp>

#include <span>

namespace selfsame {

/// How views run through the encoder: all in one pass, or each in a pass of its own.
enum class Passes { together, each_view };

/// Who asks of two views: the first asks the second, or each the other.
enum class Directions { first, both };

/// The embeddings of one step: queries with a gradient, one per pass.
template <class D>
struct Embedded {
  Index batch = 0;  ///< images of this rank
  Index views = 0;
  std::span<const Differentiable<D>> queries{};
  std::span<const In<D>> keys{};    ///< what the target says, one a pass of its own; constants
  Vector<const Index, D> labels{};  ///< one a query of all ranks, where positives are labelled
  Vector<const Draw, D> draws{};
  In<D> remembered{};  ///< what earlier steps left; constants
};

}  // namespace selfsame
