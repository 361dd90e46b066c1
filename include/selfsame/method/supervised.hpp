/// @file
/// Training with labels only: the row that every other method is compared with.
#pragma once
#include <selfsame/augmenter/one_view.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/classifier.hpp>
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/nn/trained_network.hpp>
#include <selfsame/sampler/shuffled.hpp>

namespace selfsame {

/// Logits against one-hot labels, smoothed if asked: targets are (1 - smoothing) one-hot + smoothing / C.
/// A label of -1 gives no loss and no gradient.
template <class Sampler_, class Augmenter, class Encoder, class Head, class Loss>
struct BasicSupervised {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(RowLoss<Loss, Cpu>,
                "selfsame: role::Loss needs loss(pass, rows, targets), see RowLoss");

  Sampler_ sampler{};
  Augmenter augmenter{};
  Encoder encoder{};
  Head head{};
  Loss loss{};
  Fraction smoothing = 0;

  constexpr auto network() const { return chain(encoder, head); }
  using Network = ChainOf<Encoder, Head>;

  template <class D>
  struct State {
    Trained<D> online;
    TraceOf<D, Network> trace;
    Rows<D> targets;
  };

  Plan plan(const Setup& setup) const { return {{true, 1, {augmenter.views(setup.image).at(0)}}}; }

  /// @throws std::invalid_argument  where augmenter, network or the number of classes do not fit
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const Shape view = augmenter.views(setup.image).at(0).shape;
    const Index logits = network().output(view).channels;
    if (setup.classes > logits)
      throw std::invalid_argument("selfsame: the head has " + std::to_string(logits) +
                                  " outputs, the data has " + std::to_string(setup.classes) +
                                  " classes");
    State<D> state;
    state.online = reserve_trained(store, network().template layout<D>(view), setup.seed);
    return state;
  }

  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    const Part<D>& part = batch.parts[0];
    network().forward(pass.as(Mode::train, Copy::online), part.views[0], state.online, state.trace);
    const Differentiable<D> logits = state.trace.differentiable();
    const In<D> targets =
        part.targets.data != nullptr ? part.targets : one_hot(state, part, logits.value.cols);
    const Real<D> value = loss(pass, logits, targets);
    network().backward(state.trace, state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.numbers.emplace_back("accuracy", hits(logits.value, part));
    report.shown.emplace_back("logits", logits.value);
  }
  template <class D>
  void after_step(const Pass<D>&, State<D>& state, const Batch<D>&) const {
    network().update_buffers(state.trace, state.online.buffers);
  }
  /// The encoder, as of every method; `trained_classifier` is the whole network.
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return TrainedNetwork<D, FirstOf<Network, 1>>(network().template first<1>(), state.online);
  }
  template <class D>
  auto trained_classifier(const State<D>& state) const {
    return TrainedNetwork<D, Network>(network(), state.online);
  }

 private:
  template <class D>
  In<D> one_hot(State<D>& state, const Part<D>& part, Index classes) const {
    state.targets.resize(part.labels.size, classes);
    const Out<D> to = state.targets.out();
    for (Index i = 0; i < to.rows; ++i)
      for (Index c = 0; c < classes; ++c) {
        const double target =
            (c == part.labels[i] ? 1 - smoothing : 0) + smoothing / static_cast<double>(classes);
        to(i, c) = static_cast<Activation<D>>(part.labels[i] < 0 ? 0 : target);
      }
    return to;
  }
  // Whether row[k] is the first of the largest numbers of a row, all of which are numbers.
  template <class T>
  static bool is_largest(const T* row, Index cols, Index k) {
    bool largest = true;
    for (Index c = 0; c < cols; ++c)
      largest = largest && (c < k ? row[c] < row[k] : row[c] <= row[k]);
    return largest;
  }
  // The share of rows whose largest logit is their label's; not of those with a NaN.
  template <class D>
  static double hits(In<D> logits, const Part<D>& part) {
    Index hit = 0;
    for (Index i = 0; i < logits.rows; ++i)
      hit += part.labels[i] >= 0 && is_largest(logits.row(i), logits.cols, part.labels[i]);
    return logits.rows > 0 ? static_cast<double>(hit) / static_cast<double>(logits.rows) : 0;
  }
};

struct SupervisedSlots : Slots<BasicSupervised,                 //
                               Slot<role::Sampler, Shuffled>,   //
                               Slot<role::Augmenter, OneView>,  //
                               Slot<role::Encoder, ResNet>,     //
                               Slot<role::Head, Classifier>,    //
                               Slot<role::Loss, CrossEntropy>> {};

template <class... Policies>
using Supervised = Compose<SupervisedSlots, Policies...>;

}  // namespace selfsame
