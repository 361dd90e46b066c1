/// @file
/// Operations one after another, as a type.
#pragma once
#include <selfsame/augmenter/operation.hpp>

#include <tuple>
#include <utility>

namespace selfsame {

/// A view by these steps: the first reads the source, the others work in place. Step i has the
/// random numbers `random.at(i)`, so the same operation may stand twice.
///
///     constexpr Sequence weak{Flip{}, ...}   // does not compile: Flip cannot read a source
///     constexpr Sequence weak{PaddedCrop{.padding = 4}, Flip{}};
template <SourceOperation First, PixelOperation... Rest>
struct Sequence {
  std::tuple<First, Rest...> operations;

  constexpr Sequence() = default;
  constexpr explicit Sequence(First first, Rest... rest) : operations(first, rest...) {}

  Shape output(Shape image) const { return std::get<0>(operations).output(image); }
  void check(Shape image) const {
    std::apply([&](const auto&... step) { (step.check(image), ...); }, operations);
  }
  void apply(const Random& random, const Source& source, Pixels out, Workspace& scratch) const {
    std::apply(
        [&](const First& first, const Rest&... rest) {
          std::uint64_t i = 0;
          first.apply(random.at(i), source, out, scratch);
          (rest.apply(random.at(++i), out, scratch), ...);
        },
        operations);
  }
  friend bool operator==(const Sequence&, const Sequence&) = default;
};

}  // namespace selfsame
