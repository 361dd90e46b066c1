/// @file
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/core/roles.hpp>

#include <cmath>

namespace selfsame {

/// How a memory begins: as noise, so that it has rows from the first step on, or without any.
enum class Begins { as_noise, empty };

/// The embeddings of the last steps: a ring of unit rows. Every batch size fits; what does not fit before
/// the end goes on at the beginning. A contrastive method compares with them from the first step on, so
/// there it begins as noise of unit length; where they are coded it begins empty, and has no rows before
/// it is full.
///
/// All ranks keep all rows, and push those of all ranks in rank order.
///
/// @see He et al. 2020, arXiv:1911.05722, section 3.2 and algorithm 1; of coded rows: Caron et al. 2020,
///      arXiv:2006.09882, section 4.1: 3,840 from epoch 15 on
struct Queue {
  using plays = role::Memory;
  Count capacity = 65536;  ///< rows; 4096 for CIFAR-10
  Index from_epoch = 0;    ///< nothing is pushed before

  template <class D>
  struct State {
    Out<D> keys;                ///< (capacity, width)
    Vector<Index, D> position;  ///< where the next key goes: the oldest one's place
    Vector<Index, D> filled;    ///< rows that were pushed, or are noise
  };
  template <class D>
  State<D> start(Store<D>& store, const Setup& setup, Index width, Begins begins = Begins::as_noise,
                 const std::string& name = "memory") const {
    State<D> state{store.matrix(name + ".keys", capacity, width),
                   store.integers(name + ".position", 1), store.integers(name + ".filled", 1)};
    if (begins == Begins::empty) return state;
    state.filled[0] = capacity;
    const Random random = Random(setup.seed, Stream::weights).at(name + ".keys");
    for (Index r = 0; r < capacity; ++r) {
      double square = 0;
      const auto number = [&](Index c) { return random.normal(r * width + c); };
      for (Index c = 0; c < width; ++c) square += number(c) * number(c);
      for (Index c = 0; c < width; ++c)
        state.keys(r, c) = static_cast<Activation<D>>(number(c) / std::sqrt(square));
    }
    return state;
  }
  /// All keys, in no order that matters, once the ring is full; constants, until the next push.
  template <class D>
  In<D> rows(const State<D>& state) const {
    if (state.filled[0] < capacity) return {};
    return state.keys;
  }
  /// Puts keys in the place of the oldest; of more than fit the last stay.
  /// @param keys  (rows, width), contiguous where there are several ranks
  template <class D>
  void push(const Pass<D>& pass, State<D>& state, In<D> keys) const {
    if (pass.progress.epoch < from_epoch) return;
    const Workspace::Scope scope(*pass.workspace);
    const In<D> all = gather<D>(*pass.device, *pass.ranks, *pass.workspace, keys).all;
    Index& to = state.position[0];
    for (Index r = 0; r < all.rows; ++r) {
      std::copy_n(all.row(r), all.cols, state.keys.row(to));
      to = to + 1 < capacity ? to + 1 : 0;
    }
    state.filled[0] = std::min<Index>(capacity, state.filled[0] + all.rows);
  }
};

}  // namespace selfsame
