/// @file
/// The contrastive family. Today it plays SimCLR and its relatives without a target or a memory; the
/// roles for those are there, so that they join without a change of the family's interface.
#pragma once
#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/memory/no_memory.hpp>
#include <selfsame/method/unit_rows.hpp>
#include <selfsame/nn/product.hpp>
#include <selfsame/positives/siblings.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include <selfsame/target/shared_weights.hpp>

namespace selfsame {

/// Views are embedded, positives say who is compared with whom, a loss of pairs pulls and pushes.
///
///     views -> encoder -> head [-> predictor] -> rows -> compare(rows, memory) -> loss
template <class Sampler_, class Augmenter, class Encoder, class Head, class Predictor,
          class Positives, class Memory, class Target, class Loss>
struct BasicContrastive {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(
      PairLoss<Loss, Cpu>,
      "selfsame: role::Loss needs loss(pass, rows, columns, relation, further), see PairLoss");
  static_assert(std::same_as<Target, SharedWeights>,
                "selfsame: role::Target of Contrastive can only be SharedWeights in this version");
  static_assert(
      Positives::passes == Passes::together,
      "selfsame: role::Positives of Contrastive must embed all views in one pass in this version");

  Sampler_ sampler{};
  Augmenter augmenter{};
  Encoder encoder{};
  Head head{};
  Predictor predictor{};
  Positives positives{};
  Memory memory{};
  Target target{};
  Loss loss{};

  constexpr auto network() const {
    if constexpr (cast<Predictor>)
      return chain(encoder, head, predictor);
    else
      return chain(encoder, head);
  }
  using Network = typename std::conditional_t<cast<Predictor>,
                                              std::type_identity<ChainOf<Encoder, Head, Predictor>>,
                                              std::type_identity<ChainOf<Encoder, Head>>>::type;

  template <class D>
  struct State {
    Trained<D> online;
    typename Memory::template State<D> memory;
    TraceOf<D, Network> trace;
    UnitRows<D> rows;
  };

  Plan plan(const Setup& setup) const {
    return {{Positives::labelled, 1, augmenter.views(setup.image)}};
  }

  /// @throws std::invalid_argument  where the augmenter or the network cannot work on such images
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const Shape view = augmenter.views(setup.image).at(0).shape;
    State<D> state;
    state.online = reserve_trained(store, network().template layout<D>(view), setup.seed);
    state.memory = memory.start(store, network().output(view).channels);
    return state;
  }

  template <class D>
  void differentiate(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                     Report<D>& report) const {
    const Part<D>& part = batch.parts[0];
    const Index views = static_cast<Index>(part.views.size());
    network().forward(pass.as(Mode::train, Copy::online), together(part, 0, part.views.size()),
                      state.online, state.trace);
    const Live<D> rows = state.rows.of(pass, loss, state.trace.live());
    const Embedded<D> embedded{part.draws.size, views,      {&rows, 1},
                               part.labels,     part.draws, memory.rows(state.memory)};
    Real<D> value = 0;
    positives.compare(embedded,
                      [&](Live<D> some, const auto& columns, const auto& relation, In<D> further) {
                        value += loss(pass, some, columns, relation, further);
                      });
    state.rows.pull_back(pass, loss);
    network().backward(state.trace, state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.shown.emplace_back("embeddings", rows.value);
  }
  template <class D>
  void follow(const Pass<D>&, State<D>& state, const Batch<D>&) const {
    network().settle(state.trace, state.online.buffers());
  }
  /// The encoder: the head is thrown away.
  template <class D>
  auto product(const State<D>& state) const {
    return Product<D, FirstOf<Network, 1>>(network().template first<1>(), state.online);
  }
};

struct ContrastiveSlots : Slots<BasicContrastive,                                //
                                Slot<role::Sampler, Shuffled>,                   //
                                Slot<role::Augmenter, TwoViews>,                 //
                                Slot<role::Encoder, ResNet>,                     //
                                Slot<role::Head, Projector>,                     //
                                Slot<role::Predictor, Nobody<role::Predictor>>,  //
                                Slot<role::Positives, Siblings>,                 //
                                Slot<role::Memory, NoMemory>,                    //
                                Slot<role::Target, SharedWeights>,               //
                                Slot<role::Loss, NtXent>> {};

/// `Contrastive<>` is SimCLR; policies in any order replace its players.
template <class... Policies>
using Contrastive = Compose<ContrastiveSlots, Policies...>;

}  // namespace selfsame
