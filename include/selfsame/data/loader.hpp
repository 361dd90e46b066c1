/// @file
/// The batches of a training: draws, samples, views; made while the caller trains.
#pragma once
#include <selfsame/data/epoch.hpp>
#include <selfsame/data/part_memory.hpp>
#include <selfsame/data/workers.hpp>

#include <range/v3/view/iota.hpp>
#include <range/v3/view/transform.hpp>

#include <array>

namespace selfsame {

struct LoaderOptions {
  Index batch = 256;       ///< samples a step of this rank, times the share of a stream
  std::uint64_t seed = 0;  ///< of order and views
  Index rank = 0;
  Index ranks = 1;
  Index workers = 1;  ///< threads that make the next batch; 0: the caller makes it when asked
};

/// Makes the batch of any step: a function of (seed, step), so a resume needs no state, and any
/// number of workers makes the same bits. Rank r has the rows from r * batch on of the batch of all
/// ranks.
///
/// @tparam Augmenter  makes the views, see the concept ViewMaker
/// @tparam Sampler    says which sample comes next, see the concept of its room
template <class Augmenter, class Sampler, Device D = Cpu>
class Loader {
  static_assert(
      requires(const Augmenter a, const Source& source, std::span<const Pixels> outs,
               Workspace& w) {
        { a.make(std::uint64_t{}, Draw{}, source, outs, w) } -> std::same_as<void>;
      },
      "selfsame: role::Augmenter needs make(), see ViewMaker in selfsame/augmenter/view_maker.hpp");
  static_assert(
      requires(const Sampler s) {
        { s.draw(std::uint64_t{}, Index{}, Index{}) } -> std::same_as<Draw>;
      }, "selfsame: role::Sampler needs draw(), see Sampler in selfsame/sampler/sampler.hpp");

 public:
  /// @param plan      of the method: a part of the batch for each stream
  /// @param datasets  one a stream, or one for all
  /// @throws std::invalid_argument  where plan, data and augmenter do not fit: names both sides
  Loader(Plan plan, std::vector<Dataset> datasets, Augmenter augmenter, Sampler sampler,
         LoaderOptions options)
      : plan_(std::move(plan)),
        datasets_(std::move(datasets)),
        augmenter_(std::move(augmenter)),
        sampler_(std::move(sampler)),
        options_(options),
        workers_(options.workers, [this](Index item, Index worker) { make(item, worker); }) {
    check();
    scratch_.resize(static_cast<std::size_t>(options_.workers) + 1);
    for (Slot& slot : slots_) {
      std::uint32_t first_view = 0;
      slot.memory.resize(plan_.size());
      for (std::size_t s = 0; s < plan_.size(); ++s) {
        slot.memory[s].resize(plan_[s], rows(s), first_view);
        slot.batch.parts.push_back(slot.memory[s].part());
        first_view += static_cast<std::uint32_t>(plan_[s].views.size());
      }
    }
  }

  /// The batch of a step, valid until the next call. What making it threw is thrown here.
  const Batch<D>& at(Index step) {
    if (step == ready_) return slots_[0].batch;
    if (!pending_ || step != step_) start(step);
    pending_ = false;
    ready_ = -1;
    workers_.finish();
    std::swap(slots_[0], slots_[1]);
    ready_ = step;
    if (workers_.size() > 0) start(step + 1);
    return slots_[0].batch;
  }
  /// The steps in which the stream that lasts longest hands out its data set once.
  Index steps_per_epoch() const {
    Index steps = 1;
    for (std::size_t s = 0; s < plan_.size(); ++s)
      steps =
          std::max(steps, selfsame::steps_per_epoch(dataset(s).size(), rows(s) * options_.ranks));
    return steps;
  }

 private:
  struct Slot {
    std::vector<PartMemory<D>> memory;  // one a stream
    Batch<D> batch;                     // views of it
  };
  static constexpr Index block = 8;  // samples of an item of work

  const Dataset& dataset(std::size_t s) const { return datasets_[datasets_.size() == 1 ? 0 : s]; }
  Index rows(std::size_t s) const { return options_.batch * plan_[s].share; }
  Index blocks(std::size_t s) const { return (rows(s) + block - 1) / block; }
  // The first stream has the seed itself; a sample that is in two streams has other views in each.
  std::uint64_t seed(std::size_t s) const {
    return s == 0 ? options_.seed : mix(options_.seed, std::uint64_t{s});
  }

  // Begins to make a batch in the second slot.
  void start(Index step) {
    workers_.cancel();
    step_ = step;
    pending_ = true;
    Index items = 0;
    for (std::size_t s = 0; s < plan_.size(); ++s) items += blocks(s);
    workers_.start(items);
  }
  void make(Index item, Index worker) {
    std::size_t s = 0;
    for (; item >= blocks(s); ++s) item -= blocks(s);
    const Index samples = dataset(s).size();
    const Index first =
        first_position(step_, samples, rows(s) * options_.ranks) + options_.rank * rows(s);
    const Index begin = item * block, end = std::min(begin + block, rows(s));
    auto draws = ranges::views::iota(begin, end) | ranges::views::transform([&](Index i) {
                   return std::pair(i, sampler_.draw(seed(s), samples, first + i));
                 });
    for (const auto [i, draw] : draws)
      slots_[1].memory[s].make(i, draw, dataset(s), augmenter_, seed(s),
                               scratch_[static_cast<std::size_t>(worker)]);
  }
  static void refuse(const std::string& why) { throw std::invalid_argument("selfsame: " + why); }
  void check() const {
    if (options_.batch < 1)
      refuse("a batch of " + std::to_string(options_.batch) + " samples; at least 1");
    if (options_.workers < 0) refuse(std::to_string(options_.workers) + " workers; at least 0");
    if (options_.rank < 0 || options_.rank >= options_.ranks)
      refuse("rank " + std::to_string(options_.rank) + " of " + std::to_string(options_.ranks));
    if (datasets_.size() != 1 && datasets_.size() != plan_.size())
      refuse("the method eats " + std::to_string(plan_.size()) + " streams, there are " +
             std::to_string(datasets_.size()) + " data sets; give one for each, or one for all");
    for (std::size_t s = 0; s < plan_.size(); ++s) {
      const std::string stream = "stream " + std::to_string(s);
      if (plan_[s].share < 1) refuse(stream + " has a share of " + std::to_string(plan_[s].share));
      if (dataset(s).size() == 0) refuse("the data set of " + stream + " is empty");
      if (plan_[s].labelled && !dataset(s).labelled())
        refuse(stream + " is labelled, its data set has samples without a label");
      augmenter_.check(dataset(s).image());
      const std::vector<ViewSpec> made = augmenter_.views(dataset(s).image());
      if (plan_[s].views.size() > made.size())
        refuse(stream + " has " + std::to_string(plan_[s].views.size()) +
               " views, the augmenter makes " + std::to_string(made.size()));
      for (std::size_t v = 0; v < plan_[s].views.size(); ++v)
        if (!(plan_[s].views[v].shape == made[v].shape))
          refuse("view " + std::to_string(v) + " of " + stream + " is " +
                 to_string(plan_[s].views[v].shape) + ", the augmenter makes " +
                 to_string(made[v].shape));
    }
  }

  Plan plan_;
  std::vector<Dataset> datasets_;
  Augmenter augmenter_;
  Sampler sampler_;
  LoaderOptions options_;
  std::vector<Workspace> scratch_;  // one a worker, and the caller's
  std::array<Slot, 2> slots_;       // what the caller has, and what is made
  Index ready_ = -1;                // the step of the first slot
  Index step_ = 0;                  // the step of the second slot; workers read it
  bool pending_ = false;            // the second slot is made, or being made
  Workers workers_;                 // last: it stops before what it writes goes away
};

}  // namespace selfsame
