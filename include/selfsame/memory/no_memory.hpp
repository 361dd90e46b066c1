/// @file
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/core/roles.hpp>

namespace selfsame {

/// Nothing is left from earlier steps: the batch is compared with itself.
struct NoMemory {
  using plays = role::Memory;

  template <class D>
  struct State {};
  template <class D>
  State<D> start(Store<D>&, const Setup&, Index, auto&&...) const {
    return {};
  }
  template <class D>
  In<D> rows(const State<D>&) const {
    return {};
  }
  template <class D>
  void push(const Pass<D>&, State<D>&, In<D>) const {}
};

}  // namespace selfsame
