/// @file
/// How a policy is called when its laws are checked.
#pragma once
#include <selfsame/testing/given.hpp>

namespace selfsame::testing {

/// Which laws a call can be asked to keep, and how closely.
struct Expectations {
  Index images = 6;           ///< of most checks
  Index fewest = 0;           ///< of which it makes sense
  Index many = 301;           ///< of the check of threads: more than a piece of work
  double differences = 1e-6;  ///< relative error against central differences, in double
  double single = 1e-4;       ///< relative error of float
  double mixed = 1e-6;        ///< relative error of float activations with double weights
  bool several_ranks = true;  ///< false where an input must be of one rank
  bool unequal_ranks = true;  ///< false where ranks must have as many images each
  bool any_order = true;      ///< false where the order of the images is part of the question
};

/// To be specialised for a policy whose call the kit does not know: example(policy, pass, given) asks
/// `given` for its inputs and outputs by name. A loss returns its value, an assigner nothing. It may say
/// `static constexpr Expectations expectations`.
///
///     template <>
///     struct selfsame::testing::Example<MyLoss> {
///       template <class D>
///       Real<D> operator()(const MyLoss& loss, const Pass<D>& pass, Given<D>& given) const {
///         return loss(pass, given.differentiable("rows", 5), given.constant("codes", 4, Numbers::shares),
///                     given.weights("prototypes", 4, 5));
///       }
///     };
template <class P>
struct Example;

namespace detail {
template <class P>
concept HasExample = requires { sizeof(Example<P>); };
}  // namespace detail

}  // namespace selfsame::testing
