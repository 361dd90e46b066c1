/// @file
/// The clustering family: SwAV and its relatives. Views of an image predict one another's codes.
#pragma once
#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/augmenter/multi_crop.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/head/prototypes.hpp>
#include <selfsame/loss/swapped_prediction.hpp>
#include <selfsame/memory/no_memory.hpp>
#include <selfsame/memory/queue.hpp>
#include <selfsame/method/unit_rows.hpp>
#include <selfsame/nn/trained_network.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include <selfsame/target/ema.hpp>

namespace selfsame {

/// Codes of samples from their scores, inside a step: assign(pass, scores, codes).
template <class A, class D>
concept StepAssigner =
    Policy<A> && requires(const A assigner, const Pass<D>& pass, In<D> scores, Out<D> codes) {
      assigner.assign(pass, scores, codes);
    };
/// A loss of rows and prototypes against codes of the first `coded_views` views.
template <class L, class D>
concept CodeLoss = Policy<L> && requires(const L loss, const Pass<D>& pass, Differentiable<D> rows,
                                         DifferentiableWeights<D> prototypes, In<D> codes) {
  { loss(pass, rows, prototypes, codes) } -> std::same_as<Real<D>>;
  { Index{loss.coded_views} };
};

/// Each view's softmax over prototypes predicts the codes of the others.
///
///     views of one size -> encoder, once a size -> head, over the rows of all views -> unit rows z
///     [the target's encoder -> head -> z' of the coded views]
///     scores = [memory; z or z'] C^T  -> assigner -> codes of the first views, constants
///     value = loss(z, C, codes)
///
/// A memory's rows widen the assigner's problem only: on each rank an equal share of them. After the
/// optimizer's step: prototypes to unit length, buffers, target, memory. So prototypes have unit length
/// whenever a step begins; while they are frozen they get no gradient.
///
/// @see Caron et al. 2020, arXiv:2006.09882, section 3
template <class Sampler_, class Augmenter, class Encoder, class Head, class Prototypes_,
          class Memory, class Target, class Assigner, class Loss>
struct BasicClustering {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(StepAssigner<Assigner, Cpu>,
                "selfsame: role::Assigner needs assign(pass, scores, codes), see StepAssigner");
  static_assert(CodeLoss<Loss, Cpu>,
                "selfsame: role::Loss needs loss(pass, rows, prototypes, codes) and coded_views, "
                "see CodeLoss");
  /// Whether there is a second network, which follows the online one and gives the rows that are coded.
  static constexpr bool follows = TargetUpdater<Target, Cpu>;
  static_assert(follows || std::derived_from<Target, SharedWeights>,
                "selfsame: role::Target needs update(pass, online, target), see TargetUpdater");

  Sampler_ sampler{};
  Augmenter augmenter{};
  Encoder encoder{};
  Head head{};
  Prototypes_ prototypes{};
  Memory memory{};
  Target target{};
  Assigner assigner{};
  Loss loss{};

  constexpr auto network() const { return chain(encoder, head, prototypes); }
  using Network = ChainOf<Encoder, Head, Prototypes_>;
  /// What embeds: a target has no prototypes.
  constexpr auto embedding() const { return network().template first<2>(); }
  using Embedding = FirstOf<Network, 2>;
  using Trunk = FirstOf<Network, 1>;
  using Top = RestOf<Embedding, 1>;

  /// What coding and comparing need, whoever embeds.
  template <class D>
  struct LossState {
    std::vector<typename Memory::template State<D>> memory;  ///< one a coded view
    UnitRows<D> rows, coded_rows;
    Rows<D> codes;
    In<D> pushed;  ///< what was coded, and is to be remembered
  };
  template <class D>
  struct State : LossState<D> {
    Trained<D> online;
    Averaged<D> target;                     ///< where there is one
    std::vector<TraceOf<D, Trunk>> trunks;  ///< one a size of views
    TraceOf<D, Top> top;
    FixedTraceOf<D, Embedding> coded;  ///< the target's, of the coded views
  };

  Plan plan(const Setup& setup) const { return {{false, 1, augmenter.views(setup.image)}}; }

  /// @throws std::invalid_argument  where the augmenter or the network cannot work on such images, there
  ///                                are fewer views than are coded, or than 2, the coded ones differ in
  ///                                size, or the encoder has other weights for views of another size
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const auto views = augmenter.views(setup.image);
    const auto coded = static_cast<std::size_t>(loss.coded_views);
    if (views.size() < std::max<std::size_t>(2, coded))
      throw std::invalid_argument("selfsame: the augmenter makes " + std::to_string(views.size()) +
                                  " views, of which " + std::to_string(coded) +
                                  " are coded; there must be as many, and at least 2");
    for (std::size_t v = 1; v < coded; ++v)
      if (!(views[v].shape == views[0].shape))
        throw std::invalid_argument("selfsame: view 0 is " + to_string(views[0].shape) + ", view " +
                                    std::to_string(v) + " is " + to_string(views[v].shape) +
                                    "; coded views must agree");
    const Shape view = views[0].shape;
    for (const ViewSpec& v : views) require_same_weights<D>(view, v.shape);
    State<D> state;
    state.online = reserve_trained(store, network().template layout<D>(view), setup.seed);
    if constexpr (follows)
      state.target = reserve_averaged<D>(store, embedding().template layout<D>(view), state.online);
    static_cast<LossState<D>&>(state) =
        start_loss_state(setup, store, embedding().output(view).channels);
    std::size_t sizes = 1;
    for (std::size_t v = 1; v < views.size(); ++v)
      sizes += views[v].shape == views[v - 1].shape ? 0 : 1;
    state.trunks.resize(sizes);
    const D device{};
    Workspace scratch;
    Pass<D> pass;
    pass.device = &device;
    pass.workspace = &scratch;
    project(pass, prototype_weights(state));
    return state;
  }
  /// For embeddings of so many numbers, by networks of your own: see Standalone.
  template <class D>
  LossState<D> start_loss_state(const Setup& setup, Store<D>& store, Index width) const {
    LossState<D> c;
    for (Index v = 0; v < loss.coded_views; ++v)
      c.memory.push_back(
          memory.start(store, setup, width, Begins::empty, "memory." + std::to_string(v)));
    return c;
  }

  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    const Part<D>& part = batch.parts[0];
    const auto coded = static_cast<std::size_t>(loss.coded_views);
    const Pass<D> online = pass.as(Mode::train, Copy::online);
    std::size_t first = 0;
    for (auto& trunk : state.trunks) {
      const std::size_t last = end_of_size(part, first);
      network().template first<1>().forward(online, together(part, first, last), state.online,
                                            trunk);
      first = last;
    }
    top().forward(online, joined(state.trunks), state.online, state.top);
    In<D> answers;
    if constexpr (follows) {
      embedding().forward(pass.as(Mode::train, Copy::target), together(part, 0, coded),
                          Fixed<D>(state.target), state.coded);
      answers = state.coded.value();
    }
    const Real<D> value =
        compare(pass, state, part.draws.size, state.top.differentiable(),
                prototypes.differentiable(state.online.under("prototypes")), answers);
    top().backward(state.top, state.online);
    for (auto& trunk : state.trunks) network().template first<1>().backward(trunk, state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.shown.emplace_back("embeddings", state.rows.differentiable().value);
    report.shown.emplace_back("codes", state.codes.in());
  }
  /// The step between embeddings and their gradients, which are added, those of prototypes, too.
  /// @param images      B, of this rank
  /// @param rows        (views B, width), view after view, the coded ones first
  /// @param weights     of prototypes, (K, width), of unit length: see `project`
  /// @param answers     (coded views B, width), what a target says of the coded views; none without one
  template <class D>
  Real<D> compare(const Pass<D>& pass, LossState<D>& c, Index images, Differentiable<D> rows,
                  DifferentiableWeights<D> weights, In<D> answers = {}) const {
    const Differentiable<D> unit = c.rows.of(pass, loss, rows);
    c.pushed = unit.value.row_range(0, loss.coded_views * images);
    if constexpr (follows) c.pushed = c.coded_rows.constant(pass, loss, answers);
    code(pass, c, images, weights.value);
    const Real<D> value = pass.progress.step < prototypes.frozen_steps
                              ? loss(pass, unit, weights.value, c.codes.in())
                              : loss(pass, unit, weights, c.codes.in());
    c.rows.pull_back(pass, loss);
    return value;
  }
  /// After the optimizer's step: prototypes get unit length, in place.
  template <class D>
  void project(const Pass<D>& pass, MatrixView<Real<D>, D> weights) const {
    prototypes.normalise_rows(pass, weights);
  }
  /// After the optimizer's step: what was coded goes into the memory.
  template <class D>
  void remember(const Pass<D>& pass, LossState<D>& c) const {
    const Index images = c.pushed.rows / std::max<Index>(1, loss.coded_views);
    for (std::size_t v = 0; v < c.memory.size(); ++v)
      memory.push(pass, c.memory[v], c.pushed.row_range(static_cast<Index>(v) * images, images));
  }
  template <class D>
  void after_step(const Pass<D>& pass, State<D>& state, const Batch<D>&) const {
    project(pass, prototype_weights(state));
    for (const auto& trunk : state.trunks)
      network().template first<1>().update_buffers(trunk, state.online.buffers);
    top().update_buffers(state.top, state.online.buffers);
    if constexpr (follows) {
      target.update(pass, state.online.parameters.all, state.target.parameters.all);
      embedding().update_buffers(state.coded, state.target.buffers);
    }
    remember(pass, state);
  }
  /// Prototypes stand still in the first steps.
  ParameterGroup parameter_group(const Segment& segment, const Progress& progress) const {
    return {.frozen = segment.kind == Kind::prototype && progress.step < prototypes.frozen_steps};
  }
  /// The encoder: head and prototypes are thrown away.
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return TrainedNetwork<D, Trunk>(network().template first<1>(), state.online);
  }

 private:
  constexpr auto top() const { return embedding().template rest<1>(); }

  template <class D>
  void require_same_weights(Shape first, Shape other) const {
    const auto trunk = network().template first<1>();
    const Layout one = trunk.template layout<D>(first), two = trunk.template layout<D>(other);
    for (std::size_t k = 0; k < one.parameters().size(); ++k)
      if (one.parameters()[k].extents != two.parameters()[k].extents)
        throw std::invalid_argument("selfsame: views of " + to_string(first) + " and of " +
                                    to_string(other) + " need other weights, " +
                                    one.parameters()[k].name + " of " +
                                    std::to_string(one.parameters()[k].size()) + " and " +
                                    std::to_string(two.parameters()[k].size()) + " numbers");
  }
  // Behind the last of the views that have the size of view `first`.
  template <class D>
  static std::size_t end_of_size(const Part<D>& part, std::size_t first) {
    std::size_t last = first + 1;
    while (last < part.views.size() && part.views[last].shape == part.views[first].shape) ++last;
    return last;
  }
  template <class D>
  static MatrixView<Real<D>, D> prototype_weights(const State<D>& state) {
    const Trained<D> own = state.online.under("prototypes");
    const auto& extents = own.parameters.segments[0].extents;
    return {own.parameters[0].data, extents[0], extents[1]};
  }
  // Codes of the first views, each in a problem of its own, behind what its memory has.
  template <class D>
  void code(const Pass<D>& pass, LossState<D>& c, Index images,
            MatrixView<const Real<D>, D> weights) const {
    c.codes.resize(loss.coded_views * images, weights.rows);
    for (std::size_t v = 0; v < c.memory.size(); ++v) {
      const Workspace::Scope scope(*pass.workspace);
      const Index begin = static_cast<Index>(v) * images;
      const In<D> old = share(pass, memory.rows(c.memory[v]));
      const Out<D> scores(
          pass.workspace->template take<Activation<D>>((old.rows + images) * weights.rows),
          old.rows + images, weights.rows);
      if (old.rows > 0) prototypes.scores(pass, old, weights, scores.row_range(0, old.rows));
      prototypes.scores(pass, c.pushed.row_range(begin, images), weights,
                        scores.row_range(old.rows, images));
      assigner.assign(pass, In<D>(scores), c.codes.out().row_range(begin, images));
    }
  }
  // The rows that this rank brings to the assigner.
  template <class D>
  static In<D> share(const Pass<D>& pass, In<D> all) {
    const Index first = all.rows * pass.ranks->rank() / pass.ranks->size();
    const Index last = all.rows * (pass.ranks->rank() + 1) / pass.ranks->size();
    return all.rows > 0 ? all.row_range(first, last - first) : all;
  }
};

struct ClusteringSlots : Slots<BasicClustering,                    //
                               Slot<role::Sampler, Shuffled>,      //
                               Slot<role::Augmenter, TwoViews>,    //
                               Slot<role::Encoder, ResNet>,        //
                               Slot<role::Head, Projector>,        //
                               Required<role::Prototypes>,         //
                               Slot<role::Memory, NoMemory>,       //
                               Slot<role::Target, SharedWeights>,  //
                               Slot<role::Assigner, Sinkhorn>,     //
                               Slot<role::Loss, SwappedPrediction>> {};

/// `Clustering<Sinkhorn, Prototypes, MultiCrop>` is SwAV, with `Queue` for small batches; with `Queue, EMA` codes
/// are those of a slowly moving target.
template <class... Policies>
using Clustering = Compose<ClusteringSlots, Policies...>;

}  // namespace selfsame
