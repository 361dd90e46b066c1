/// @file
/// A method over networks of somebody else's, in somebody else's loop (decision D10).
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/train/not_finite.hpp>

#include <utility>

namespace selfsame {

/// Parameters that follow others, arrays of equal size: `online` is read, `target` moved in place.
template <class D>
struct Followed {
  Vector<const Real<D>, D> online;
  Vector<Real<D>, D> target;
};

/// How long a training of your own is, for momenta and memories that have a schedule.
struct Course {
  Index width = 128;  ///< of the embeddings
  Index steps = 1;
  Index steps_per_epoch = 1;
  std::uint64_t seed = 0;
};

/// What a method does beside its networks: it compares embeddings, writes their gradients, moves a target
/// and remembers. Networks, views and optimizer are yours, of any library:
///
///     Standalone method(moco_v2, {.width = 128, .steps = 1000});
///     // each step: your network embeds one view, your target network the other
///     const float loss = method.compare(2, queries, keys);  // arrays; gradients are added
///     // your backward pass from the queries' gradients, and your optimizer's step
///     method.after_step({{weights, target_weights}, ...});
///
/// The memory begins as that of the method's own training with the same seed. Not to be used by two threads
/// at once.
template <class Method, Device D = Cpu>
class Standalone {
 public:
  explicit Standalone(const Method& method, const Course& course = {}, D device = {},
                      Communicator& ranks = single_process())
      : method_(method),
        device_(device),
        ranks_(&ranks),
        seed_(course.seed),
        steps_per_epoch_(std::max<Index>(1, course.steps_per_epoch)),
        state_(method_.start_loss_state(setup(course), store_, course.width)) {
    progress_.steps = course.steps;
    progress_.epochs = (course.steps + steps_per_epoch_ - 1) / steps_per_epoch_;
  }

  /// The value, and gradients added where the embeddings want them: with the arguments of the method's own
  /// `compare` behind the state. Throws NotFinite, on all ranks, where the value is not finite: clear your
  /// gradients then and leave out `after_step`, and the target and the memory are those of the last finite step.
  template <class... Embeddings>
  Real<D> compare(const Embeddings&... embeddings) {
    const Real<D> value = method_.template compare<D>(pass(), state_, embeddings...);
    detail::require_finite_loss(pass(), value);
    return value;
  }
  /// After your optimizer's step: the target follows, the memory takes the step's keys, the next step begins.
  /// Throws NotFinite where a number of `online` is not finite; nothing has followed then.
  void after_step(std::span<const Followed<D>> parameters = {}) {
    for (const Followed<D>& p : parameters) detail::require_finite_parameters<D>(pass(), p.online);
    for (const Followed<D>& p : parameters) {
      assert(p.online.size == p.target.size);
      if constexpr (requires { method_.target.update(pass(), p.online, p.target); })
        method_.target.update(pass(), p.online, p.target);
    }
    method_.remember(pass(), state_);
    ++progress_.step;
    progress_.epoch = progress_.step / steps_per_epoch_;
  }
  void after_step(std::initializer_list<Followed<D>> parameters) {
    after_step(std::span<const Followed<D>>(parameters.begin(), parameters.size()));
  }

  const Method& method() const { return method_; }
  const Progress& progress() const { return progress_; }
  /// What lives across steps: to be saved beside your own weights.
  Store<D>& store() { return store_; }
  typename Method::template LossState<D>& state() { return state_; }
  /// The pass of this step, for policies called one by one.
  Pass<D> pass() {
    return {.device = &device_,
            .workspace = &workspace_,
            .ranks = ranks_,
            .seed = seed_,
            .progress = progress_};
  }

 private:
  static Setup setup(const Course& course) {
    Setup s{};
    s.seed = course.seed;
    return s;
  }

  Method method_;
  D device_;
  Communicator* ranks_;
  std::uint64_t seed_;
  Index steps_per_epoch_;
  Store<D> store_;
  typename Method::template LossState<D> state_;
  Workspace workspace_;
  Progress progress_;
};
template <class M>
Standalone(const M&, const Course&) -> Standalone<M, Cpu>;
template <class M>
explicit Standalone(const M&) -> Standalone<M, Cpu>;
template <class M, Device D>
Standalone(const M&, const Course&, D) -> Standalone<M, D>;
template <class M, Device D>
Standalone(const M&, const Course&, D, Communicator&) -> Standalone<M, D>;

}  // namespace selfsame
