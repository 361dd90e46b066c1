/// @file
/// The predictive family: BYOL, SimSiam and their relatives. There are no negatives.
#pragma once
#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/predictor.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/nn/trained_network.hpp>
#include <selfsame/positives/embedded.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include <selfsame/target/ema.hpp>

namespace selfsame {

/// From its embedding of one view the online network predicts the target's of the other.
///
///     view -> encoder -> head -> predictor -> predictions p1, p2
///     view -> the target's encoder -> head -> answers t1, t2, constants; with SharedWeights the online
///                                             network's own, before its predictor
///     value = loss(p1, t2) + loss(p2, t1), a plain sum
///
/// Each view is a pass of its own, so batch statistics are per view. After the optimizer's step: buffers, target.
///
/// @see Grill et al. 2020, arXiv:2006.07733, section 3.1. With shared weights: Chen & He 2021, arXiv:2011.10566,
///      algorithm 1, whose loss is a quarter of this one less a constant
template <class Sampler_, class Augmenter, class Encoder, class Head, class Predictor_,
          class Target, class Loss>
struct BasicPredictive {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(RowLoss<Loss, Cpu>,
                "selfsame: role::Loss needs loss(pass, rows, targets), see RowLoss");
  /// Whether there is a second network, which follows the online one.
  static constexpr bool follows = TargetUpdater<Target, Cpu>;
  static_assert(follows || std::derived_from<Target, SharedWeights>,
                "selfsame: role::Target needs update(pass, online, target), see TargetUpdater");

  Sampler_ sampler{};
  Augmenter augmenter{};
  Encoder encoder{};
  Head head{};
  Predictor_ predictor{};
  Target target{};
  Loss loss{};
  Directions directions = Directions::both;

  constexpr auto network() const { return chain(encoder, head, predictor); }
  using Network = ChainOf<Encoder, Head, Predictor_>;
  /// What answers: a target has no predictor.
  constexpr auto answering() const { return network().template first<2>(); }
  using Answering = FirstOf<Network, 2>;

  /// Nothing is needed between embeddings and their gradients.
  template <class D>
  struct LossState {};
  template <class D>
  struct State : LossState<D> {
    Trained<D> online;
    Averaged<D> target;  ///< where there is one
    std::array<TraceOf<D, Network>, 2> predictions;
    std::array<FixedTraceOf<D, Answering>, 2> answers;
    std::vector<Differentiable<D>> differentiable;
    std::vector<In<D>> constants;
  };

  Plan plan(const Setup& setup) const { return {{false, 1, augmenter.views(setup.image)}}; }

  /// @throws std::invalid_argument  where the augmenter or the network cannot work on such images, or the
  ///                                augmenter makes other than two views
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const auto views = augmenter.views(setup.image);
    if (views.size() != 2)
      throw std::invalid_argument("selfsame: the augmenter makes " + std::to_string(views.size()) +
                                  " views, a prediction needs 2");
    const Shape view = views[0].shape;
    State<D> state;
    state.online = reserve_trained(store, network().template layout<D>(view), setup.seed);
    if constexpr (follows)
      state.target = reserve_averaged<D>(store, answering().template layout<D>(view), state.online);
    return state;
  }
  template <class D>
  LossState<D> start_loss_state(const Setup&, Store<D>&, Index) const {
    return {};
  }

  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    const Part<D>& part = batch.parts[0];
    const bool both = directions == Directions::both;
    // Which networks run on which view: predictions of the first view or of both, answers to the others.
    const Pass<D> online = pass.as(Mode::train, Copy::online);
    for (std::size_t v = 0; v < 2; ++v) {
      if (v == 0 || both || !follows)
        network().forward(online, part.views[v], state.online, state.predictions[v]);
      if constexpr (follows)
        if (v == 1 || both)
          answering().forward(pass.as(Mode::train, Copy::target), part.views[v],
                              Fixed<D>(state.target), state.answers[v]);
    }
    state.differentiable.clear(), state.constants.clear();
    for (std::size_t v = 0; v < (both ? 2 : 1); ++v) {
      state.differentiable.push_back(state.predictions[v].differentiable());
      state.constants.push_back(answer(state, 1 - v));
    }
    const Real<D> value =
        compare(pass, state, std::span<const Differentiable<D>>(state.differentiable),
                std::span<const In<D>>(state.constants));
    for (std::size_t v = 0; v < (both ? 2 : 1); ++v)
      network().backward(state.predictions[v], state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.shown.emplace_back("embeddings", state.predictions[0].template value<1>());
  }
  /// The step between embeddings and their gradients, which are added: prediction v beside answer v, both
  /// (B, width). An answer is the target's to the other view.
  template <class D>
  Real<D> compare(const Pass<D>& pass, LossState<D>&,
                  std::span<const Differentiable<D>> predictions,
                  std::span<const In<D>> answers) const {
    assert(predictions.size() == answers.size());
    Real<D> value = 0;
    for (std::size_t v = 0; v < predictions.size(); ++v)
      value += loss(pass, predictions[v], answers[v]);
    return value;
  }
  template <class D>
  void remember(const Pass<D>&, LossState<D>&) const {}
  template <class D>
  void after_step(const Pass<D>& pass, State<D>& state, const Batch<D>&) const {
    const bool both = directions == Directions::both;
    for (std::size_t v = 0; v < 2; ++v)
      if (v == 0 || both || !follows)
        network().update_buffers(state.predictions[v], state.online.buffers);
    if constexpr (follows) {
      target.update(pass, state.online.parameters.all, state.target.parameters.all);
      for (std::size_t v = 0; v < 2; ++v)
        if (v == 1 || both) answering().update_buffers(state.answers[v], state.target.buffers);
    }
  }
  /// The encoder: head and predictor are thrown away.
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return TrainedNetwork<D, FirstOf<Network, 1>>(network().template first<1>(), state.online);
  }

 private:
  template <class D>
  static In<D> answer(const State<D>& state, std::size_t view) {
    if constexpr (follows)
      return state.answers[view].value();
    else
      return state.predictions[view].template value<1>();
  }
};

struct PredictiveSlots : Slots<BasicPredictive,                    //
                               Slot<role::Sampler, Shuffled>,      //
                               Slot<role::Augmenter, TwoViews>,    //
                               Slot<role::Encoder, ResNet>,        //
                               Slot<role::Head, Projector>,        //
                               Required<role::Predictor>,          //
                               Slot<role::Target, SharedWeights>,  //
                               Slot<role::Loss, NormalisedRegression>> {};

/// `Predictive<EMA, Predictor>` is BYOL, `Predictive<Predictor>` SimSiam.
template <class... Policies>
using Predictive = Compose<PredictiveSlots, Policies...>;

}  // namespace selfsame
