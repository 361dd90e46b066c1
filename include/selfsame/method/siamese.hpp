/// @file
/// The open family: any loss of the embeddings of all views. VICReg, Barlow Twins, and yours.
#pragma once
#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/loss/barlow_twins.hpp>
#include <selfsame/loss/vicreg.hpp>
#include <selfsame/nn/trained_network.hpp>
#include <selfsame/sampler/shuffled.hpp>

namespace selfsame {

/// One network embeds each view in a pass of its own; a loss of all of them has a gradient for each.
///
///     view -> encoder -> head -> rows, for each view;   value = loss(rows of view 1, rows of view 2, ...)
///
/// Views may differ in size and number, where the loss takes that. After the optimizer's step: buffers.
template <class Sampler_, class Augmenter, class Encoder, class Head, class Loss>
struct BasicSiamese {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(ViewLoss<Loss, Cpu>, "selfsame: role::Loss needs loss(pass, views), see ViewLoss");

  Sampler_ sampler{};
  Augmenter augmenter{};
  Encoder encoder{};
  Head head{};
  Loss loss{};

  constexpr auto network() const { return chain(encoder, head); }
  using Network = ChainOf<Encoder, Head>;

  /// Nothing is needed between embeddings and their gradients.
  template <class D>
  struct LossState {};
  template <class D>
  struct State : LossState<D> {
    Trained<D> online;
    std::vector<TraceOf<D, Network>> traces;  ///< one a view
    std::vector<Differentiable<D>> differentiable;
  };

  Plan plan(const Setup& setup) const { return {{false, 1, augmenter.views(setup.image)}}; }

  /// @throws std::invalid_argument  where the augmenter or the network cannot work on such images
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const auto views = augmenter.views(setup.image);
    State<D> state;
    state.online =
        reserve_trained(store, network().template layout<D>(views.at(0).shape), setup.seed);
    state.traces.resize(views.size()), state.differentiable.resize(views.size());
    return state;
  }
  template <class D>
  LossState<D> start_loss_state(const Setup&, Store<D>&, Index) const {
    return {};
  }

  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    const Pass<D> online = pass.as(Mode::train, Copy::online);
    for (std::size_t v = 0; v < state.traces.size(); ++v) {
      network().forward(online, batch.parts[0].views[v], state.online, state.traces[v]);
      state.differentiable[v] = state.traces[v].differentiable();
    }
    const Real<D> value =
        compare(pass, state, std::span<const Differentiable<D>>(state.differentiable));
    for (auto& trace : state.traces) network().backward(trace, state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.shown.emplace_back("embeddings", state.differentiable[0].value);
  }
  /// The step between embeddings and their gradients, which are added: each view's are (B, width).
  template <class D>
  Real<D> compare(const Pass<D>& pass, LossState<D>&,
                  std::span<const Differentiable<D>> views) const {
    return loss(pass, views);
  }
  template <class D>
  void remember(const Pass<D>&, LossState<D>&) const {}
  template <class D>
  void after_step(const Pass<D>&, State<D>& state, const Batch<D>&) const {
    for (const auto& trace : state.traces) network().update_buffers(trace, state.online.buffers);
  }
  /// The encoder: the head is thrown away.
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return TrainedNetwork<D, FirstOf<Network, 1>>(network().template first<1>(), state.online);
  }
};

struct SiameseSlots : Slots<BasicSiamese,                     //
                            Slot<role::Sampler, Shuffled>,    //
                            Slot<role::Augmenter, TwoViews>,  //
                            Slot<role::Encoder, ResNet>,      //
                            Slot<role::Head, Projector>,      //
                            Required<role::Loss>> {};

/// `Siamese<VICReg>`, `Siamese<BarlowTwins>`, or a loss of your own.
template <class... Policies>
using Siamese = Compose<SiameseSlots, Policies...>;

}  // namespace selfsame
