/// @file
/// The interface of role::Augmenter: all views of one sample.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/core/roles.hpp>

#include <span>
#include <vector>

namespace selfsame {

/// Makes the views of a sample.
///
/// `views(image)` says how many and of which shapes; views of one shape stand side by side.
/// `check(image)` throws std::invalid_argument where it cannot work on such images. `make(seed,
/// draw, source, outs, scratch)` overwrites the first outs.size() views (a stream of a plan may
/// want fewer than all). The same seed and draw make the same bits, whoever calls, in which thread
/// and batch.
template <class A>
concept ViewMaker =
    Policy<A> && requires(const A augmenter, Shape image, std::uint64_t seed, Draw draw,
                          const Source& source, std::span<const Pixels> outs, Workspace& scratch) {
      { augmenter.views(image) } -> std::same_as<std::vector<ViewSpec>>;
      { augmenter.check(image) } -> std::same_as<void>;
      { augmenter.make(seed, draw, source, outs, scratch) } -> std::same_as<void>;
    };

/// The random numbers of a view: each view of each turn of each sample has its own. An operation
/// that must agree with another view's asks for that view's.
constexpr Random view_random(std::uint64_t seed, Draw draw, std::size_t view) {
  return Random(seed, Stream::view, 0, Key{draw, static_cast<std::uint32_t>(view), 0});
}

namespace detail {
// Every view by one distribution, each with its own numbers.
template <SourceOperation O>
void make_views(const O& view, std::uint64_t seed, Draw draw, const Source& source,
                std::span<const Pixels> outs, Workspace& scratch) {
  for (std::size_t v = 0; v < outs.size(); ++v)
    view.apply(view_random(seed, draw, v), source, outs[v], scratch);
}
}  // namespace detail

}  // namespace selfsame
