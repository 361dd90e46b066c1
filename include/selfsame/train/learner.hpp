/// @file
/// The one learner. It knows the concept Method and no family, so nobody can forget or misplace a part
/// of a step.
#pragma once
#include <selfsame/kernel/cpu/reduce.hpp>
#include <selfsame/train/checkpoint.hpp>
#include <selfsame/train/not_finite.hpp>
#include <selfsame/train/observer.hpp>
#include <selfsame/train/recipe.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace selfsame {

/// Trains a recipe's method. All state is in its store; it moves and does not copy.
///
///     compute_gradients -> sum over ranks -> all finite? -> optimizer -> after_step -> observers
template <class Method_, class Optimizer = AdamW, Device D = Cpu, class Rule = WeightsDecay>
  requires Method<Method_, D>
class Learner {
 public:
  /// @param setup  of the data; `batch` is set from the recipe, divided by the ranks
  /// @throws std::invalid_argument  where recipe, data and ranks do not fit
  Learner(const Recipe<Method_, Optimizer, Rule>& recipe, const Setup& setup, D device = {},
          Communicator& ranks = single_process())
      : recipe_(recipe),
        setup_(shared(recipe, setup, ranks)),
        device_(device),
        ranks_(&ranks),
        state_(recipe_.method.start(setup_, store_)) {
    const auto all = networks<D>(state_.online);
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::string name = "optimizer";
      if (i > 0) name.append(".").append(std::to_string(i));
      moments_.push_back(recipe_.optimizer.start(store_, all[i], name));
    }
    const Index each = std::max<Index>(1, setup_.samples / recipe_.batch);
    progress_.steps = recipe_.steps > 0 ? recipe_.steps : recipe_.epochs * each;
    progress_.epochs = (progress_.steps + each - 1) / each;
    steps_per_epoch_ = each;
  }

  Learner(Learner&&) noexcept = default;
  Learner& operator=(Learner&&) noexcept = default;
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// One step on a batch of your own.
  /// Throws NotFinite, on all ranks, where the loss or the gradient is not finite; then nothing has moved, the
  /// gradient is cleared, and the next call is the same step.
  const Report<D>& step(const Batch<D>& batch) {
    if (progress_.step == 0) store_.require_filled();
    const Pass<D> now = pass();
    report_.clear();
    recipe_.method.compute_gradients(now, state_, batch, report_);
    const std::span<Trained<D>> all = networks<D>(state_.online);
    for (const Trained<D>& network : all) sum(device_, *ranks_, network.gradient.all);
    try {
      detail::require_finite_loss<D>(now, report_.value);
      detail::require_finite_gradients<D>(now, all);
    } catch (const NotFinite&) {
      clear_gradients(all);
      throw;
    }
    if (std::exchange(fresh_, false) && is_zero(all))
      warnings_.add(
          "the gradient of every weight is 0, so nothing is learned: does a batch have more than "
          "one sample, and "
          "does the loss have something to compare them with?");
    report_.warnings.assign(
        warnings_.all().begin() + std::exchange(told_, std::ssize(warnings_.all())),
        warnings_.all().end());
    for (std::size_t i = 0; i < all.size(); ++i)
      recipe_.optimizer.step(now, all[i], moments_[i],
                             [&](const Segment& s) { return parameter_group(s); });
    clear_gradients(all);
    recipe_.method.after_step(now, state_, batch);
    ++progress_.step;
    progress_.epoch = progress_.step / steps_per_epoch_;
    return report_;
  }

  /// Trains to the end of the recipe, or until step `until`, or until an observer stops it. Returns
  /// whether the recipe is done.
  template <BatchSource<D> Source, class... Observers>
    requires(Observer<Observers, D> && ...)
  bool fit(Source& source, Index until, Observers&&... observers) {
    while (progress_.step < std::min(until, progress_.steps)) {
      const Progress at = progress_;
      step(source.at(at.step));
      bool stop = false;
      ((stop = tell<D>(observers, at, report_) == Flow::stop || stop), ...);
      if (stop) break;
    }
    return progress_.step == progress_.steps;
  }
  template <BatchSource<D> Source, class... Observers>
    requires(Observer<Observers, D> && ...)
  bool fit(Source& source, Observers&&... observers) {
    return fit(source, progress_.steps, observers...);
  }

  /// One file with all that a resumed training needs. @throws std::system_error, or NotFinite where a
  /// number of the store is not finite; the old file stays
  void save(const std::filesystem::path& path) const {
    detail::require_finite_entries(device_, store_, progress_);
    save_checkpoint(path, store_, text(), progress_);
  }
  /// Goes on where `save` was called, with the same bits. @throws std::runtime_error or
  /// std::invalid_argument where the file is not of this recipe and this data; nothing has changed then
  void resume(const std::filesystem::path& path) {
    progress_ = load_checkpoint(path, store_, text());
  }

  /// What a checkpoint must agree with: the recipe, and what it is applied to.
  std::string text() const {
    return json(recipe_) + " on " + std::to_string(setup_.samples) + " images of " +
           to_string(setup_.image) + ", classes " + std::to_string(setup_.classes) + ", seed " +
           std::to_string(setup_.seed);
  }
  /// The pass of the next step.
  Pass<D> pass() {
    Pass<D> p{.device = &device_,
              .workspace = &workspace_,
              .ranks = ranks_,
              .seed = setup_.seed,
              .progress = progress_};
    p.chunk = recipe_.chunk;
    p.batch_norm_group = recipe_.batch_norm_group;
    p.warnings = &warnings_;
    return p;
  }
  auto trained_encoder() const { return recipe_.method.trained_encoder(state_); }
  const Recipe<Method_, Optimizer, Rule>& recipe() const { return recipe_; }
  const Setup& setup() const { return setup_; }
  const Progress& progress() const { return progress_; }
  Store<D>& store() { return store_; }
  const Store<D>& store() const { return store_; }
  typename Method_::template State<D>& state() { return state_; }
  Workspace& workspace() { return workspace_; }
  Plan plan() const { return recipe_.method.plan(setup_); }

 private:
  static Setup shared(const Recipe<Method_, Optimizer, Rule>& recipe, Setup setup,
                      const Communicator& ranks) {
    if (recipe.batch % ranks.size() != 0)
      throw std::invalid_argument("selfsame: a batch of " + std::to_string(recipe.batch.value) +
                                  " cannot be shared by " + std::to_string(ranks.size()) +
                                  " ranks");
    setup.batch = recipe.batch / ranks.size();
    return setup;
  }
  bool is_zero(std::span<const Trained<D>> all) {
    return std::all_of(all.begin(), all.end(), [&](const Trained<D>& network) {
      const Vector<const Real<D>, D> gradient = network.gradient.all;
      return squared_norm(device_, workspace_, gradient) == 0;
    });
  }
  static void clear_gradients(std::span<Trained<D>> all) {
    for (const Trained<D>& network : all)
      std::fill(network.gradient.all.begin(), network.gradient.all.end(), Real<D>(0));
  }
  ParameterGroup parameter_group(const Segment& s) const {
    const ParameterGroup rule = recipe_.rule(s, progress_);
    if constexpr (GroupsParameters<Method_>)
      return stricter(rule, recipe_.method.parameter_group(s, progress_));
    else
      return rule;
  }

  Recipe<Method_, Optimizer, Rule> recipe_;
  Setup setup_;
  D device_;
  Communicator* ranks_;
  Store<D> store_;
  typename Method_::template State<D> state_;
  std::vector<typename Optimizer::template State<D>> moments_;
  Workspace workspace_;
  Progress progress_;
  Report<D> report_;
  Warnings warnings_;
  std::ptrdiff_t told_ = 0;
  bool fresh_ = true;  // no step has been done
  Index steps_per_epoch_ = 1;
};
template <class M, class O, class R>
Learner(const Recipe<M, O, R>&, const Setup&) -> Learner<M, O, Cpu, R>;
template <class M, class O, class R, Device D>
Learner(const Recipe<M, O, R>&, const Setup&, D) -> Learner<M, O, D, R>;
template <class M, class O, class R, Device D>
Learner(const Recipe<M, O, R>&, const Setup&, D, Communicator&) -> Learner<M, O, D, R>;

}  // namespace selfsame
