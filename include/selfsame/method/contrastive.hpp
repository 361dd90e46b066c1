/// @file
/// The contrastive family: SimCLR, SupCon, MoCo v1 to v3 and their relatives, one step without a branch on who they are.
#pragma once
#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/core/compose.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/predictor.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/memory/no_memory.hpp>
#include <selfsame/memory/queue.hpp>
#include <selfsame/method/shuffled_pass.hpp>
#include <selfsame/method/unit_rows.hpp>
#include <selfsame/nn/trained_network.hpp>
#include <selfsame/positives/other_views.hpp>
#include <selfsame/positives/own_key.hpp>
#include <selfsame/positives/same_label.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include <selfsame/target/ema.hpp>

#include <numeric>

namespace selfsame {

namespace detail {
// Whether a Positives compares queries with what a target says of other views, as OwnKey does.
template <class P>
inline constexpr bool compares_keys = false;
template <class P>
  requires requires { P::keyed; }
inline constexpr bool compares_keys<P> = P::keyed;
}  // namespace detail

/// Views are embedded, positives say who is compared with whom, a loss of pairs pulls and pushes.
///
///     views -> encoder -> head [-> predictor] -> queries
///     views -> the target's encoder -> head   -> keys, constants     where positives or a memory ask for keys
///     compare(queries, keys, memory) -> loss
///
/// After the optimizer's step: buffers, target, memory. The memory that a step reads has no key of that step.
template <class Sampler_, class Augmenter, class Encoder, class Head, class Predictor,
          class Positives, class Memory, class Target, class Loss>
struct BasicContrastive {
  static_assert(Sampler<Sampler_>,
                "selfsame: role::Sampler needs draw(seed, samples, position), see Sampler");
  static_assert(ViewMaker<Augmenter>,
                "selfsame: role::Augmenter needs views(), check() and make(), see ViewMaker");
  static_assert(PairLoss<Loss, Cpu>,
                "selfsame: role::Loss needs loss(pass, rows, columns, relation, extra_negatives), "
                "see PairLoss");
  /// Whether there is a second network, which follows the online one.
  static constexpr bool follows = TargetUpdater<Target, Cpu>;
  static constexpr bool shared = std::derived_from<Target, SharedWeights>;
  static constexpr bool remembers = !std::same_as<Memory, NoMemory>;
  /// Whether a step needs keys: rows without a gradient, of passes of their own.
  static constexpr bool own_keys = detail::compares_keys<Positives>;
  static constexpr bool keyed = own_keys || remembers;
  static_assert(follows || shared,
                "selfsame: role::Target needs update(pass, online, target), see TargetUpdater");
  static_assert(
      !keyed || follows || is_unsound<Target>,
      "selfsame: keys need a slowly moving target. Add EMA, or say Unsound<SharedWeights>.");
  static_assert(
      keyed || !follows,
      "selfsame: nobody is compared with this target. Add Queue or OwnKey, or remove it.");
  static_assert(
      own_keys || Positives::passes == Passes::together,
      "selfsame: role::Positives of Contrastive embeds all views in one pass, or compares "
      "with keys, in this version");

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
  /// What gives keys: a target has no predictor.
  constexpr auto key_network() const { return network().template first<2>(); }
  using KeyNetwork = FirstOf<Network, 2>;

  /// What comparing needs, whoever embeds.
  template <class D>
  struct LossState {
    typename Memory::template State<D> memory;
    // One of each a pass.
    std::vector<UnitRows<D>> query_rows, key_rows;
    std::vector<Differentiable<D>> differentiable;
    std::vector<In<D>> constants;
    std::vector<Index> labels;  ///< one a query of all ranks, where positives are labelled
  };
  template <class D>
  struct State : LossState<D> {
    Trained<D> online;
    Averaged<D> target;  ///< where there is one
    std::vector<TraceOf<D, Network>> queries;
    std::vector<FixedTraceOf<D, KeyNetwork>> keys;
    std::vector<ShuffledPass<D>> shuffled;  ///< one a pass that gives keys
  };

  Plan plan(const Setup& setup) const {
    return {{Positives::labelled, 1, augmenter.views(setup.image)}};
  }

  /// @throws std::invalid_argument  where the augmenter or the network cannot work on such images, or the
  ///                                augmenter makes another number of views than positives compare
  template <class D>
  State<D> start(const Setup& setup, Store<D>& store) const {
    augmenter.check(setup.image);
    const auto views = augmenter.views(setup.image);
    if (own_keys && views.size() != 2)
      throw std::invalid_argument("selfsame: the augmenter makes " + std::to_string(views.size()) +
                                  " views, a query and its own key are 2");
    const Shape view = views.at(0).shape;
    State<D> state;
    state.online = reserve_trained(store, network().template layout<D>(view), setup.seed);
    if constexpr (follows)
      state.target =
          reserve_averaged<D>(store, key_network().template layout<D>(view), state.online);
    static_cast<LossState<D>&>(state) =
        start_loss_state(setup, store, key_network().output(view).channels);
    state.queries.resize(query_passes()), state.keys.resize(key_passes());
    state.shuffled.resize(key_passes());
    return state;
  }
  /// For embeddings of so many numbers, by networks of your own: see Standalone.
  template <class D>
  LossState<D> start_loss_state(const Setup& setup, Store<D>& store, Index width) const {
    LossState<D> c;
    c.memory = memory.start(store, setup, width);
    const auto queries = query_passes(), keys = key_passes();
    c.query_rows.resize(queries), c.differentiable.resize(queries);
    c.key_rows.resize(keys), c.constants.resize(keys);
    return c;
  }

  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    const Part<D>& part = batch.parts[0];
    const Pass<D> online = pass.as(Mode::train, Copy::online);
    for (std::size_t q = 0; q < state.queries.size(); ++q) {
      network().forward(online, views(part, q), state.online, state.queries[q]);
      state.differentiable[q] = state.queries[q].differentiable();
    }
    const Pass<D> followed = pass.as(Mode::train, Copy::target);
    for (std::size_t k = 0; k < state.keys.size(); ++k) {
      const Images<D> images = views(part, first_key() + k);
      const bool shuffles = shuffles_keys(pass);
      key_network().forward(
          followed,
          shuffles ? state.shuffled[k].of(followed.at(static_cast<Index>(k)), images) : images,
          key_weights(state), state.keys[k]);
      state.constants[k] =
          shuffles ? state.shuffled[k].restored(state.keys[k].value()) : state.keys[k].value();
    }
    const Real<D> value = compare(pass, state, static_cast<Index>(part.views.size()),
                                  std::span<const Differentiable<D>>(state.differentiable),
                                  std::span<const In<D>>(state.constants), part.labels, part.draws);
    for (auto& trace : state.queries) network().backward(trace, state.online);
    report.value = value;
    report.numbers.emplace_back("loss", static_cast<double>(value));
    report.shown.emplace_back("embeddings", state.differentiable[0].value);
  }
  /// The step between embeddings and their gradients, which are added.
  /// @param views    of each image
  /// @param queries  one a pass: (views B, width), view after view, where all run together; else (B, width) of
  ///                 each query's view
  /// @param keys     the same of what a target says; none where nobody asks for keys
  /// @param labels   (B), where positives are labelled
  template <class D>
  Real<D> compare(const Pass<D>& pass, LossState<D>& c, Index views,
                  std::span<const Differentiable<D>> queries, std::span<const In<D>> keys = {},
                  Vector<const Index, D> labels = {}, Vector<const Draw, D> draws = {}) const {
    assert(queries.size() == c.differentiable.size() && keys.size() == c.constants.size());
    const Index images = queries[0].value.rows / (together_ ? views : 1);
    for (std::size_t q = 0; q < queries.size(); ++q)
      c.differentiable[q] = c.query_rows[q].of(pass, loss, queries[q]);
    for (std::size_t k = 0; k < keys.size(); ++k)
      c.constants[k] = c.key_rows[k].constant(pass, loss, keys[k]);
    if constexpr (Positives::labelled) gather_labels(pass, labels, views, c.labels);
    const Embedded<D> embedded{images,
                               views,
                               c.differentiable,
                               c.constants,
                               view<D>(std::as_const(c.labels)),
                               draws,
                               memory.rows(c.memory)};
    Real<D> value = 0;
    positives.compare(embedded, [&](Differentiable<D> some, const auto& columns,
                                    const auto& relation, In<D> extra_negatives) {
      value += loss(pass, some, columns, relation, extra_negatives);
    });
    for (const auto& rows : c.query_rows) rows.pull_back(pass, loss);
    return value;
  }
  /// After the optimizer's step: keys go into the memory.
  template <class D>
  void remember(const Pass<D>& pass, LossState<D>& c) const {
    for (const In<D>& keys : c.constants) memory.push(pass, c.memory, keys);
  }
  template <class D>
  void after_step(const Pass<D>& pass, State<D>& state, const Batch<D>&) const {
    for (const auto& trace : state.queries) network().update_buffers(trace, state.online.buffers);
    if constexpr (follows)
      target.update(pass, state.online.parameters.all, state.target.parameters.all);
    for (const auto& trace : state.keys) key_network().update_buffers(trace, key_buffers(state));
    remember(pass, state);
  }
  /// The encoder: the head is thrown away.
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return TrainedNetwork<D, FirstOf<Network, 1>>(network().template first<1>(), state.online);
  }

 private:
  static constexpr bool together_ = Positives::passes == Passes::together;

  constexpr std::size_t query_passes() const {
    if constexpr (together_)
      return 1;
    else
      return static_cast<std::size_t>(positives.queries());
  }
  // The view of the first key.
  constexpr std::size_t first_key() const {
    if constexpr (together_)
      return 0;
    else
      return static_cast<std::size_t>(positives.first_key());
  }
  constexpr std::size_t key_passes() const {
    if constexpr (!keyed)
      return 0;
    else
      return together_ ? 1 : 2 - first_key();
  }
  // In the order of the rows of all ranks: rank after rank, view after view.
  template <class D>
  static void gather_labels(const Pass<D>& pass, Vector<const Index, D> labels, Index views,
                            std::vector<Index>& to) {
    std::vector<Index> mine;
    for (Index v = 0; v < views; ++v) mine.insert(mine.end(), labels.begin(), labels.end());
    std::vector<Index> counts(static_cast<std::size_t>(pass.ranks->size()));
    counts[static_cast<std::size_t>(pass.ranks->rank())] = static_cast<Index>(mine.size());
    pass.ranks->sum(counts.data(), pass.ranks->size(), Number::integer);
    to.resize(static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), Index{0})));
    pass.ranks->gather(mine.data(), to.data(), counts.data(), Number::integer);
  }
  // Whether groups of a batch norm must not hold the images of the queries' groups.
  template <class D>
  bool shuffles_keys(const Pass<D>& pass) const {
    if constexpr (requires { positives.groups; })
      return positives.groups == KeyGroups::shuffled &&
             (pass.batch_norm_group > 0 || pass.chunk > 0);
    else
      return false;
  }
  // What a pass sees: all views, or one.
  template <class D>
  static Images<D> views(const Part<D>& part, std::size_t view) {
    return together_ ? together(part, 0, part.views.size()) : part.views[view];
  }
  template <class D>
  static Fixed<D> key_weights(const State<D>& state) {
    if constexpr (follows)
      return state.target;
    else
      return state.online;
  }
  template <class D>
  static Slice<Real<D>, D> key_buffers(const State<D>& state) {
    if constexpr (follows)
      return state.target.buffers;
    else
      return state.online.buffers;
  }
};

namespace detail {
// Beside a memory of keys each query looks for its own; without, the batch is compared with itself.
template <class Memory>
struct PositivesBeside : std::type_identity<OwnKey> {};
template <>
struct PositivesBeside<NoMemory> : std::type_identity<OtherViews> {};
template <class Memory>
struct LossBeside : std::type_identity<InfoNCE> {};
template <>
struct LossBeside<NoMemory> : std::type_identity<NtXent> {};
}  // namespace detail

struct ContrastiveSlots
    : Slots<BasicContrastive,                                                    //
            Slot<role::Sampler, Shuffled>,                                       //
            Slot<role::Augmenter, TwoViews>,                                     //
            Slot<role::Encoder, ResNet>,                                         //
            Slot<role::Head, Projector>,                                         //
            Slot<role::Predictor, Nobody<role::Predictor>>,                      //
            SlotBeside<role::Positives, role::Memory, detail::PositivesBeside>,  //
            Slot<role::Memory, NoMemory>,                                        //
            Slot<role::Target, SharedWeights>,                                   //
            SlotBeside<role::Loss, role::Memory, detail::LossBeside>> {};

/// `Contrastive<>` is SimCLR, `Contrastive<SameLabel>` SupCon, `Contrastive<Queue, EMA>` MoCo; policies in any order replace its players.
template <class... Policies>
using Contrastive = Compose<ContrastiveSlots, Policies...>;

}  // namespace selfsame
