// Whole methods on formula batches: value and gradients of one step, with and without ranks.
#pragma once
#include <selfsame/method/contrastive.hpp>
#include <selfsame/method/supervised.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/residual.hpp>
#include <selfsame/nn/sequential.hpp>
#include <selfsame/optimizer/sgd.hpp>
#include <selfsame/testing/gradient_check.hpp>
#include <selfsame/testing/virtual_ranks.hpp>
#include <selfsame/train/learner.hpp>

#include "support/catch.hpp"
#include "support/formula_batches.hpp"

namespace mine {

/// A user's encoder, in the user's namespace: convolutions that drop values and whole branches.
struct Drawing {
  using plays = selfsame::role::Encoder;
  selfsame::Count width = 6;
  selfsame::Fraction dropout = 0.3;
  selfsame::Fraction skip = 0.4;
  auto layer() const {
    using namespace selfsame;
    return sequential(Conv2d{.outputs = width}, ReLU{}, Dropout{dropout},
                      Residual{sequential(Conv2d{.outputs = width}, ReLU{}, StochasticDepth{skip})},
                      GlobalAverage{});
  }
  friend bool operator==(const Drawing&, const Drawing&) = default;
};

}  // namespace mine

namespace selfsame::testing {

inline const Shape small_image{1, 6, 6, 1};
inline const Setup small_setup{.image = small_image, .samples = 64, .classes = 3, .seed = 5};

// With and without batch norm, whose groups change with chunks.
inline constexpr Projector plain_head{.hidden = 9, .outputs = 5, .normalised = HeadNorm::none};
inline constexpr Contrastive<mine::Drawing> drawing_simclr{.head = plain_head};
inline constexpr Supervised<mine::Drawing> drawing_supervised{.head = {.classes = 3}};
inline constexpr ResNet tiny_resnet{
    .depth = 8, .width = 0.25, .stem = Stem::small, .last_scale = ScaleStart::one};
inline constexpr Contrastive<> tiny_simclr{.encoder = tiny_resnet,
                                           .head = {.hidden = 9, .outputs = 5}};
inline constexpr Supervised<> tiny_supervised{.encoder = tiny_resnet, .head = {.classes = 3}};

/// The rank's part of each step's samples.
template <class D>
class RankBatches {
 public:
  RankBatches(const std::vector<ViewSpec>& views, Index batch, Communicator& ranks)
      : ranks_(ranks), mine_(views, batch / ranks.size()) {}
  const Batch<D>& at(Index step) { return mine_.at(step * ranks_.size() + ranks_.rank()); }

 private:
  Communicator& ranks_;
  FormulaBatches<D> mine_;
};

template <class D>
struct Step {
  double value = 0;
  std::vector<Real<D>> gradient;  ///< of all ranks
};

/// Value and gradient of one step; the weights stirred, so that nothing stands at a special place.
template <class D, class M>
class WholeMethod {
 public:
  WholeMethod(const M& method, Index batch, Communicator& ranks = single_process())
      : learner_(Recipe<M, Sgd>{.method = method, .batch = batch, .steps = 4}, small_setup, D{},
                 ranks),
        batches_(learner_.plan()[0].views, batch, ranks),
        ranks_(ranks) {
    Trained<D>& w = learner_.state().online;
    for (Index k = 0; k < w.parameters.count(); ++k)
      for (Index i = 0; i < w.parameters[k].size; ++i)
        w.parameters[k][i] +=
            static_cast<Real<D>>(0.1 * std::sin(static_cast<double>(7 * k + 3 * i)));
  }
  double value(Index chunk = 0, Index group = 0) {
    Pass<D> pass = learner_.pass();
    pass.chunk = chunk;
    pass.batch_norm_group = group;
    report_.clear();
    learner_.recipe().method.compute_gradients(pass, learner_.state(), batches_.at(0), report_);
    return static_cast<double>(report_.value);
  }
  Step<D> step(Index chunk = 0, Index group = 0) {
    const auto& gradient = learner_.state().online.gradient.all;
    std::fill(gradient.begin(), gradient.end(), Real<D>(0));
    Step<D> s;
    s.value = value(chunk, group);
    sum(D{}, ranks_, gradient);
    s.gradient.assign(gradient.begin(), gradient.end());
    return s;
  }
  /// By central differences.
  double error(Index chunk = 0, Index group = 0) {
    const Step<D> s = step(chunk, group);
    return gradient_error<D>(learner_.state().online.parameters, s.gradient,
                             [&] { return value(chunk, group); });
  }
  /// All that lives across steps.
  std::vector<std::byte> kept() const {
    std::vector<std::byte> all;
    for (const auto& e : learner_.store())
      if (e.life == Life::kept) all.insert(all.end(), e.bytes.begin(), e.bytes.end());
    return all;
  }
  auto& learner() { return learner_; }

 private:
  Learner<M, Sgd, D> learner_;
  RankBatches<D> batches_;
  Communicator& ranks_;
  Report<D> report_;
};

/// The largest differences of any rank's value and gradient from those of one rank.
template <class D, class M>
std::pair<double, double> rank_errors(const M& method, Index batch, Index ranks) {
  const Step<D> one = WholeMethod<D, M>(method, batch).step();
  std::vector<Step<D>> each(static_cast<std::size_t>(ranks));
  VirtualRanks(ranks).run([&](Communicator& rank) {
    each[static_cast<std::size_t>(rank.rank())] = WholeMethod<D, M>(method, batch, rank).step();
  });
  std::pair<double, double> worst{0, 0};
  for (const Step<D>& s : each) {
    worst.first = std::max(worst.first, std::abs(s.value - one.value) / std::abs(one.value));
    worst.second = std::max(worst.second, difference(s.gradient, one.gradient));
  }
  return worst;
}

}  // namespace selfsame::testing
