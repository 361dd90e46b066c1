/// @file
/// The streamed loss of pairs (decision D4): NT-Xent, InfoNCE, SupCon and patch losses are this kernel
/// with different relations. No matrix of logits is ever stored.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/kernel/cpu/detail/pair_blocks.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// What an anchor has seen of its columns.
template <class R>
struct Anchors {
  R* log_sum;  ///< log of the weighted sum of exponentials; +infinity of an anchor without a positive
  R* share;    ///< 1 / sum of the weights of its positives, or 0
};

/// Fills `anchors` of all rows; terms = {sum of the anchors' losses, how many have a positive}.
template <class R, class A, class Rel>
void see_columns(const BasicCpu<R, A>& device, Workspace& scratch,
                 const PairBlocks<R, A, Rel>& pairs, Anchors<R> anchors, double* terms) {
  using D = BasicCpu<R, A>;
  using Blocks = PairBlocks<R, A, Rel>;
  const Index rows = pairs.rows.rows, tasks = pieces(rows, Blocks::tall);
  const Workspace::Scope scope(scratch);
  R* const positives = scratch.take<R>(rows);
  R* const hits = scratch.take<R>(rows);
  scratch.split(workers(device, tasks));
  parallel(device, tasks, [&](Index task, Index thread) {
    Workspace& own = scratch.piece(thread);
    const Workspace::Scope inner(own);
    const Index first = task * Blocks::tall, n = std::min(Blocks::tall, rows - first);
    R* const block = own.take<R>(n * Blocks::wide);
    R* const top = own.take<R>(n);
    R* const sum = own.take<R>(n);
    std::fill_n(top, n, minus_infinity<R>);
    std::fill_n(sum, n, R(0));
    std::fill_n(positives + first, n, R(0));
    std::fill_n(hits + first, n, R(0));
    pairs.each_column_block(first, n, [&](In<D> columns, PairBlock at, bool special) {
      const MatrixView<R, D> s(block, n, columns.rows);
      pairs.logits(own, pairs.rows.row_range(first, n), columns, s);
      if (special)
        weigh(s, [&](Index i, Index j) {
          const Pair pair = pairs.relation(at.row + i, at.column + j);
          positives[first + i] += static_cast<R>(pair.positive);
          if (pair.positive != 0) hits[first + i] += static_cast<R>(pair.positive) * s(i, j);
          return pair;
        });
      absorb(s, top, sum);
    });
    for (Index i = 0; i < n; ++i) anchors.log_sum[first + i] = top[i] + std::log(sum[i]);
  });
  for (Index i = 0; i < rows; ++i) {
    anchors.share[i] = positives[i] > 0 ? 1 / positives[i] : R(0);
    if (positives[i] > 0) {
      terms[0] += static_cast<double>(anchors.log_sum[i]) -
                  static_cast<double>(hits[i]) / static_cast<double>(positives[i]);
      terms[1] += 1;
    } else {
      anchors.log_sum[i] =
          std::numeric_limits<R>::infinity();  // exp(s - infinity) = 0: not counted
    }
  }
}

/// Logits w become w_ij = exp(s_ij - log_sum_i) - p_ij share_i: what an anchor feels of each column, up
/// to a factor.
template <class R, class A, class Rel, class D = BasicCpu<R, A>>
void pull_of_rows(const PairBlocks<R, A, Rel>& pairs, PairBlock at, bool special,
                  Anchors<R> anchors, MatrixView<R, D> w) {
  const auto pair = [&](Index i, Index j) { return pairs.relation(at.row + i, at.column + j); };
  if (special) weigh(w, pair);
  exp_less_rows(w, anchors.log_sum);
  if (!special) return;
  for (Index i = 0; i < w.rows; ++i)
    for (Index j = 0; j < w.cols; ++j)
      w(i, j) -= static_cast<R>(pair(i, j).positive) * anchors.share[i];
}

/// w_ij += the same of column j as an anchor, with row i as its column; `s` are the bare logits.
template <class R, class A, class Rel, class D = BasicCpu<R, A>>
void add_pull_of_columns(const PairBlocks<R, A, Rel>& pairs, PairBlock at, bool special,
                         Anchors<R> anchors, MatrixView<R, D> s, MatrixView<R, D> w) {
  const auto pair = [&](Index i, Index j) { return pairs.relation(at.column + j, at.row + i); };
  if (special) weigh(s, pair);
  exp_less_columns(s, anchors.log_sum);
  map(
      D{}, w.rows * w.cols, [](auto& x, const auto& y) SELFSAME_INLINE { x += y; }, w.data,
      static_cast<const R*>(s.data));
  if (!special) return;
  for (Index i = 0; i < w.rows; ++i)
    for (Index j = 0; j < w.cols; ++j)
      w(i, j) -= static_cast<R>(pair(i, j).positive) * anchors.share[j];
}

}  // namespace internal

/// value = 1/N sum_i [ log sum_j n_ij exp(s_ij) - sum_j p_ij s_ij / sum_j p_ij ],
///
///     s_ij = rows_i . columns_j / temperature,
///
/// in nats, over the N rows (of all ranks) that have a positive; p and n are the relation's weights.
/// Further columns are negatives of every row. Gradients go to the rows and, where they are a Live or
/// the same, to the columns. Memory O((rows + columns) D). The same bits for any number of threads.
///
/// Of several ranks, `Same` columns and constants are those of all ranks, gathered here in rank order,
/// and the relation counts all of them; a Live of columns is of one rank. The value is that of all ranks.
///
/// A NaN or an infinity makes the value NaN; without any anchor the value is 0.
///
/// @param rows         (B, D)
/// @param columns      `Same`, a Live (K, D) or constants (K, D)
/// @param further      (M, D), M may be 0; constants, the same on all ranks
/// @param temperature  > 0
template <class R, class A, class Columns, Relation Rel, class D = BasicCpu<R, A>>
R contrast(const BasicCpu<R, A>& device, Workspace& scratch, Communicator& ranks,
           Live<BasicCpu<R, A>> rows, const Columns& columns, const Rel& relation, In<D> further,
           Real<D> temperature) {
  using Blocks = internal::PairBlocks<R, A, Rel>;
  constexpr bool same = std::same_as<Columns, Same>, live = std::same_as<Columns, Live<D>>;
  assert((!live || ranks.size() == 1) && "columns with a gradient are of one rank");
  const Index count = rows.value.rows, width = rows.value.cols;
  const Workspace::Scope scope(scratch);
  const Gathered<D> all = live ? Gathered<D>{column_values<D>(rows, columns), {}, 0}
                               : gather<D>(device, ranks, scratch, column_values<D>(rows, columns));
  const Blocks pairs{rows.value, same || ranks.size() > 1 ? all.first_row : 0,
                     all.all,    further,
                     relation,   1 / temperature};

  internal::Anchors<R> anchors{scratch.take<R>(count), scratch.take<R>(count)};
  double terms[2] = {0, 0};
  internal::see_columns(device, scratch, pairs, anchors, terms);
  ranks.sum(terms, 2, Number::real64);
  const double counted = std::max(terms[1], 1.0);
  const R factor = static_cast<R>(1 / (static_cast<double>(temperature) * counted));

  internal::Anchors<R> others = anchors;  // of the columns, where those are anchors
  if (same && ranks.size() > 1) {
    Index* const counts = scratch.take<Index>(ranks.size());
    for (Index r = 0; r < ranks.size(); ++r) counts[r] = all.counts[r] / std::max<Index>(width, 1);
    others = {scratch.take<R>(all.all.rows), scratch.take<R>(all.all.rows)};
    ranks.gather(anchors.log_sum, others.log_sum, counts, number_of<R>);
    ranks.gather(anchors.share, others.share, counts, number_of<R>);
  }

  const auto tasks_of = [&](Index size, Index each, auto&& f) {  // f(first, count, its workspace)
    scratch.split(workers(device, pieces(size, each)));
    parallel(device, pieces(size, each), [&](Index task, Index thread) {
      Workspace& own = scratch.piece(thread);
      const Workspace::Scope inner(own);
      f(task * each, std::min(each, size - task * each), own);
    });
  };
  const auto put = [&](const Live<D>& to, Index first, MatrixView<R, D> gradient) {
    for (Index r = 0; r < gradient.rows; ++r)
      for (Index c = 0; c < gradient.cols; ++c) to.put(first + r, c, factor * gradient(r, c));
  };
  const auto zeros_of = [&](Workspace& own, Index n) {
    const MatrixView<R, D> m(own.take<R>(n * width), n, width);
    std::fill_n(m.data, n * width, R(0));
    return m;
  };

  tasks_of(count, Blocks::tall, [&](Index first, Index n, Workspace& own) {
    const MatrixView<R, D> gradient = zeros_of(own, n);
    R* const block = own.take<R>(2 * n * Blocks::wide);
    const In<D> some = rows.value.row_range(first, n);
    const internal::Anchors<R> mine{anchors.log_sum + first, anchors.share + first};
    pairs.each_column_block(first, n, [&](In<D> against, PairBlock at, bool special) {
      const MatrixView<R, D> w(block, n, against.rows),
          s(block + n * Blocks::wide, n, against.rows);
      pairs.logits(own, some, against, w);
      const bool both = same && at.column >= 0;
      if (both) std::copy_n(w.data, n * against.rows, s.data);
      internal::pull_of_rows(pairs, at, special, mine, w);
      if (both)
        internal::add_pull_of_columns(
            pairs, at, special,
            internal::Anchors<R>{others.log_sum + at.column, others.share + at.column}, s, w);
      product(D{}, own, w, Transpose::no, against, Transpose::no, gradient, Write::add);
    });
    put(rows, first, gradient);
  });
  if constexpr (live)
    tasks_of(columns.value.rows, Blocks::wide, [&](Index first, Index n, Workspace& own) {
      const MatrixView<R, D> gradient = zeros_of(own, n);
      R* const block = own.take<R>(Blocks::tall * n);
      const In<D> against = columns.value.row_range(first, n);
      for (Index i = 0; i < count; i += Blocks::tall) {
        const Index m = std::min(Blocks::tall, count - i);
        const MatrixView<R, D> w(block, m, n);
        const PairBlock at{i, m, first, n};
        pairs.logits(own, rows.value.row_range(i, m), against, w);
        internal::pull_of_rows(pairs, at, relation.special(at),
                               internal::Anchors<R>{anchors.log_sum + i, anchors.share + i}, w);
        product(D{}, own, w, Transpose::yes, rows.value.row_range(i, m), Transpose::no, gradient,
                Write::add);
      }
      put(columns, first, gradient);
    });
  return static_cast<R>(terms[0] / counted);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
