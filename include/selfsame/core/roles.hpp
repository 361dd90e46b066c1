/// @file
/// Policies play roles. A role is a name: the prefix of a segment, of a printed field, of a message.
#pragma once
#include <concepts>
#include <string_view>

namespace selfsame {

namespace role {
struct Sampler {
  static constexpr std::string_view name = "sampler";
};
struct Augmenter {
  static constexpr std::string_view name = "augmenter";
};
struct Encoder {
  static constexpr std::string_view name = "encoder";
};
struct Head {
  static constexpr std::string_view name = "head";
};
struct Predictor {
  static constexpr std::string_view name = "predictor";
};
struct Positives {
  static constexpr std::string_view name = "positives";
};
struct Memory {
  static constexpr std::string_view name = "memory";
};
struct Target {
  static constexpr std::string_view name = "target";
};
struct Loss {
  static constexpr std::string_view name = "loss";
};
struct Assigner {
  static constexpr std::string_view name = "assigner";
};
struct Prototypes {
  static constexpr std::string_view name = "prototypes";
};
struct Mask {
  static constexpr std::string_view name = "mask";
};
}  // namespace role

/// A type that says which role it plays: `using plays = role::Loss;`. It is an aggregate of numbers;
/// what lives across steps is reserved in the Store.
template <class P>
concept Policy = requires { typename P::plays; };

/// Lets somebody else's type play a role: `As<role::Target, TheirType>`.
template <class Role, class P>
struct As : P {
  using plays = Role;
  using Wrapped = P;
};

/// A policy that may break a rule of soundness: `Contrastive<Queue, Unsound<SharedWeights>>`. The rule's
/// message names the policy to wrap.
template <class P>
struct Unsound : P {
  using plays = typename P::plays;
  using Wrapped = P;
};
template <class P>
inline constexpr bool is_unsound = false;
template <class P>
inline constexpr bool is_unsound<Unsound<P>> = true;

/// An optional role that nobody plays; a method asks `cast<Predictor>`.
template <class Role>
struct Nobody {
  using plays = Role;
};
template <class P>
inline constexpr bool cast = !std::same_as<P, Nobody<typename P::plays>>;

}  // namespace selfsame
