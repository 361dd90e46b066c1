/// @file
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/core/roles.hpp>

#include <cmath>

namespace selfsame {

/// The keys of the last steps: a ring of unit rows that begins as noise of unit length. Every batch size
/// fits; what does not fit before the end goes on at the beginning.
///
/// All ranks keep all rows, and push those of all ranks in rank order.
///
/// @see He et al. 2020, arXiv:1911.05722, section 3.2 and algorithm 1
struct Queue {
  using plays = role::Memory;
  Count capacity = 65536;  ///< keys; 4096 for CIFAR-10

  template <class D>
  struct State {
    Out<D> keys;                ///< (capacity, width)
    Vector<Index, D> position;  ///< where the next key goes: the oldest one's place
  };
  template <class D>
  State<D> start(Store<D>& store, const Setup& setup, Index width) const {
    State<D> state{store.matrix("memory.keys", capacity, width),
                   store.integers("memory.position", 1)};
    const Random random = Random(setup.seed, Stream::weights).at("memory.keys");
    for (Index r = 0; r < capacity; ++r) {
      double square = 0;
      const auto number = [&](Index c) { return random.normal(r * width + c); };
      for (Index c = 0; c < width; ++c) square += number(c) * number(c);
      for (Index c = 0; c < width; ++c)
        state.keys(r, c) = static_cast<Activation<D>>(number(c) / std::sqrt(square));
    }
    return state;
  }
  /// All keys, in no order that matters; constants, until the next push.
  template <class D>
  In<D> rows(const State<D>& state) const {
    return state.keys;
  }
  /// Puts keys in the place of the oldest; of more than fit the last stay.
  /// @param keys  (rows, width), contiguous where there are several ranks
  template <class D>
  void push(const Pass<D>& pass, State<D>& state, In<D> keys) const {
    const Workspace::Scope scope(*pass.workspace);
    const In<D> all = gather<D>(*pass.device, *pass.ranks, *pass.workspace, keys).all;
    Index& to = state.position[0];
    for (Index r = 0; r < all.rows; ++r) {
      std::copy_n(all.row(r), all.cols, state.keys.row(to));
      to = to + 1 < capacity ? to + 1 : 0;
    }
  }
};

}  // namespace selfsame
