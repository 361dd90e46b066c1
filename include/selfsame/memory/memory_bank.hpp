/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/core/store.hpp>
#include <selfsame/kernel/cpu/bank_update.hpp>

#include <cmath>
#include <limits>

namespace selfsame {

/// Who the negatives of an anchor are.
enum class Negatives {
  own,  ///< k draws an anchor, its own sample among them or not: such a draw is a negative
  own_without_self,  ///< k draws an anchor from all other samples
  shared             ///< k draws for the whole batch of all ranks
};

/// One unit row a sample and view, an average of the sample's features over epochs:
///
///     row <- normalise(momentum row + (1 - momentum) feature),   after the step's scores were read
///
/// Negatives are drawn uniformly from the samples with replacement. All ranks keep all rows and
/// make the same changes in rank order; where a sample comes twice in a step, its last feature
/// counts.
///
/// @see Tian et al. 2020, arXiv:1906.05849, section 3.3; Wu et al. 2018, arXiv:1805.01978, section
///      3.2
struct MemoryBank {
  using plays = role::Memory;
  Fraction momentum = 0.5;  ///< share of the old row kept per step
  Count negatives = 16384;  ///< k; 4096 in the text and the released weights
  Negatives drawn = Negatives::own;

  template <class D>
  struct State {
    std::vector<Out<D>> banks;         ///< (samples, width), one a view
    MatrixView<Real<D>, D> log_means;  ///< (views, views): log(Z / n) of anchors of a and the bank
                                       ///< of b; -infinity until a loss has set it
  };

  /// Reserves the rows of each view: uniform in +-sqrt(3 / width), so their mean square is 1.
  template <class D>
  State<D> start(Store<D>& store, Index samples, Index width, Index views,
                 std::uint64_t seed) const {
    State<D> state;
    const double bound = std::sqrt(3 / static_cast<double>(width));
    for (Index view = 0; view < views; ++view) {
      const std::string name = "memory.bank." + std::to_string(view);
      const Random random = Random(seed, Stream::weights).at(name);
      const Out<D> bank = store.matrix(name, samples, width);
      for (Index i = 0; i < samples * width; ++i)
        bank.data[i] = static_cast<Activation<D>>(random.uniform(i, -bound, bound));
      state.banks.push_back(bank);
    }
    const auto unset = -std::numeric_limits<Real<D>>::infinity();
    state.log_means = {
        store.template vector<Real<D>>("memory.log_means", views * views, unset).data, views,
        views};
    return state;
  }
  template <class D>
  In<D> rows(const State<D>& state, Index view = 0) const {
    return state.banks[static_cast<std::size_t>(view)];
  }

  /// Rows of the bank for each anchor: its own sample, then k draws; a function of (seed, step,
  /// sample), so of no batch and no rank.
  /// @param index  (draws.size, k + 1), overwritten
  template <class D>
  void pick(const Pass<D>& pass, Vector<const Draw, D> draws, Index samples,
            MatrixView<Index, D> index) const {
    assert(index.rows == draws.size && index.cols == negatives + 1 && drawn != Negatives::shared);
    const Index others = drawn == Negatives::own_without_self ? 1 : 0;
    assert(samples > others);
    parallel_pieces(*pass.device, draws.size, 1, [&](Index first, Index count) {
      for (Index i = first; i < first + count; ++i) {
        const Index own = draws[i].sample;
        const Random random(pass.seed, Stream::negatives, step(pass), Key{{own, 0}, 0, 0});
        index(i, 0) = own;
        for (Index j = 1; j < index.cols; ++j) {
          const Index drawn_row = random.below(j, samples - others);
          index(i, j) = drawn_row + (others > 0 && drawn_row >= own ? 1 : 0);
        }
      }
    });
  }
  /// k rows for the whole batch: a function of (seed, step).
  template <class D>
  void pick(const Pass<D>& pass, Index samples, Vector<Index, D> shared) const {
    assert(shared.size == negatives && drawn == Negatives::shared);
    const Random random = Random(pass.seed, Stream::negatives, step(pass)).at("shared");
    for (Index j = 0; j < shared.size; ++j) shared[j] = random.below(j, samples);
  }

  /// Moves the rows of the samples of all ranks, after the step.
  /// @param features  (draws.size, width), of unit length, contiguous where there are several ranks
  template <class D>
  void push(const Pass<D>& pass, State<D>& state, In<D> features, Vector<const Draw, D> draws,
            Index view) const {
    assert(features.rows == draws.size);
    Workspace& scratch = *pass.workspace;
    Communicator& ranks = *pass.ranks;
    const Workspace::Scope scope(scratch);
    const Gathered<D> all = gather<D>(*pass.device, ranks, scratch, features);
    Index* const mine = scratch.take<Index>(draws.size);
    for (Index i = 0; i < draws.size; ++i) mine[i] = draws[i].sample;
    Index* const counts = scratch.take<Index>(ranks.size());
    for (Index r = 0; r < ranks.size(); ++r)
      counts[r] = all.counts[r] / std::max<Index>(features.cols, 1);
    Index* const samples = scratch.take<Index>(all.all.rows);
    ranks.gather(mine, samples, counts, Number::integer);
    update_bank(*pass.device, scratch, Vector<const Index, D>{samples, all.all.rows}, all.all,
                static_cast<Real<D>>(1 - momentum), state.banks[static_cast<std::size_t>(view)]);
  }

 private:
  template <class D>
  static std::uint64_t step(const Pass<D>& pass) {
    return static_cast<std::uint64_t>(pass.progress.step);
  }
};

}  // namespace selfsame
