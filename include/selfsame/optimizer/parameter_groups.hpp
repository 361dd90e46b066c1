/// @file
/// A recipe's rules: how a segment is treated, by its kind, depth and name.
#pragma once
#include <selfsame/core/method.hpp>

#include <concepts>
#include <tuple>

namespace selfsame {

/// What an optimizer asks of a recipe.
template <class T>
concept ParameterGrouping =
    requires(const T rule, const Segment& segment, const Progress& progress) {
      { rule(segment, progress) } -> std::same_as<ParameterGroup>;
    };

/// Weights and prototypes decay, and LARS scales their steps; biases, scales and shifts of norms,
/// tokens and positions do neither.
///
/// Biases and norms: Chen et al. 2020, arXiv:2002.05709, appendix B.6 (and its released code).
/// Tokens and positions: the released code of DeiT (BEiT's decays its mask token).
struct WeightsDecay {
  constexpr ParameterGroup operator()(const Segment& s, const Progress&) const {
    const bool matrix = s.kind == Kind::weight || s.kind == Kind::prototype;
    return {.decays = matrix, .adapts = matrix};
  }
  friend bool operator==(const WeightsDecay&, const WeightsDecay&) = default;
};

/// Every segment decays and adapts, as PyTorch's optimizers do without parameter groups.
struct AllDecay {
  constexpr ParameterGroup operator()(const Segment&, const Progress&) const { return {}; }
  friend bool operator==(const AllDecay&, const AllDecay&) = default;
};

/// A part of a network stays as it is: weights, and moments, too. "encoder" names the segments
/// "encoder" and "encoder.<anything>", "" all of them.
struct Freeze {
  std::string_view part;
  Index until = -1;  ///< the first step in which it moves again; -1: never

  constexpr ParameterGroup operator()(const Segment& s, const Progress& progress) const {
    const std::string_view name = s.name;
    const bool is = part.empty() || (name.starts_with(part) &&
                                     (name.size() == part.size() || name[part.size()] == '.'));
    return {.frozen = is && (until < 0 || progress.step < until)};
  }
  friend bool operator==(const Freeze&, const Freeze&) = default;
};

/// Several rules: of each segment the strictest holds.
///
///     Rules{WeightsDecay{}, Freeze{"encoder"}}
template <ParameterGrouping... R>
struct Rules {
  std::tuple<R...> rules{};

  constexpr explicit Rules(R... r) : rules(r...) {}
  constexpr ParameterGroup operator()(const Segment& segment, const Progress& progress) const {
    return std::apply(
        [&](const auto&... rule) {
          ParameterGroup all;
          ((all = stricter(all, rule(segment, progress))), ...);
          return all;
        },
        rules);
  }
  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace selfsame
