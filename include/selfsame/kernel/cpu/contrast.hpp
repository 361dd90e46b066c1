/// @file
/// The streamed loss of pairs (decision D4): NT-Xent, InfoNCE, SupCon and patch losses are this kernel
/// with different relations. No matrix of logits is ever stored.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/kernel/cpu/detail/pairs/strips.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// Phase 3: from sums to the numbers of the gradient; terms = {sum of the anchors' losses, how
/// many have a positive}.
template <class R>
void finish_anchors(Index rows, LogSumExp totals, Anchors<R> anchors, R inverse, double* terms) {
  for (Index i = 0; i < rows; ++i) {
    const bool counts = totals.positives[i] > 0;
    anchors.weight[i] = counts ? static_cast<R>(1 / totals.sum[i]) : R(0);
    anchors.share[i] = counts ? static_cast<R>(1 / totals.positives[i]) : R(0);
    if (!counts) continue;
    terms[0] += static_cast<double>(anchors.top[i] * inverse) + std::log(totals.sum[i]) -
                totals.positive_logits[i] / totals.positives[i];
    terms[1] += 1;
  }
}

/// How many rows the lower ranks have.
inline Index rows_before(Communicator& ranks, Workspace& scratch, Index mine) {
  if (ranks.size() == 1) return 0;
  const Workspace::Scope scope(scratch);
  Index* const counts = scratch.take<Index>(ranks.size());
  std::fill_n(counts, ranks.size(), Index{0});
  counts[ranks.rank()] = mine;
  ranks.sum(counts, ranks.size(), Number::integer);
  Index before = 0;
  for (Index r = 0; r < ranks.rank(); ++r) before += counts[r];
  return before;
}

/// Puts factor * gradient, rows of `wide` numbers, where the input asks.
template <class R, class A, class D = BasicCpu<R, A>>
void put_rows(const BasicCpu<R, A>& device, const Differentiable<BasicCpu<R, A>>& to,
              const R* gradient, Index wide, R factor) {
  const R scale = factor * to.weight;
  const Index cols = to.value.cols;
  parallel_pieces(device, to.value.rows, row_piece(cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r)
        each_vector<V>(cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v;
          load_some(gradient + r * wide + c, n, v);
          v *= scale;
          if (to.add) {
            V before;
            load_some(to.gradient.row(r) + c, n, before);
            v += before;
          }
          store_some(to.gradient.row(r) + c, n, v);
        });
    });
  });
}

}  // namespace internal

/// value = 1/N sum_i [ log sum_j n_ij exp(s_ij) - sum_j p_ij s_ij / sum_j p_ij ],
///
///     s_ij = rows_i . columns_j / temperature,
///
/// in nats, over the N rows (of all ranks) that have a positive; p and n are the relation's weights. Written plainly:
///
///     for i in rows, with P = sum_j p(i, j) > 0:
///       s(j) = rows_i . columns_j / temperature                    // no such matrix is stored here
///       lse  = log sum_j n(i, j) exp(s(j))
///       value += (lse - sum_j p(i, j) s(j) / P) / N
///       for j in columns:
///         slope = (n(i, j) exp(s(j) - lse) - p(i, j) / P) / (N temperature)
///         gradient of rows_i    += slope * columns_j
///         gradient of columns_j += slope * rows_i
///
/// Here blocks of logits are computed, used and forgotten (kernel/cpu/detail/pairs), in four phases: 1. where logits may
/// be too large for an exponential, the largest of each row; 2. `accumulate_sums` of exponentials and positives; 3. `finish`,
/// the value and what divides; 4. `accumulate_gradient`, from logits that are computed again.
///
/// Extra negatives are columns that are negatives of every row. Gradients go to the rows and, where they are a Differentiable or
/// the same, to the columns. Memory O((rows + columns) D), without the columns where they are constants, and 96 to 288
/// numbers per column where they are a Differentiable. The same bits for any number of threads.
///
/// Of several ranks, columns are those of all ranks, gathered here in rank order, and the relation counts
/// rows and columns of all of them. The value is that of all ranks; gradients of all ranks' terms come back to the
/// rank that gave a column.
///
/// A NaN or an infinity, or lengths whose logits or gradients R cannot hold, make the value and all gradients NaN; without any anchor the value is 0. An anchor
/// with a positive, but nothing in its denominator, makes the value -infinity.
///
/// @param rows         (B, D)
/// @param columns      `SameRows`, a Differentiable (K, D) or constants (K, D)
/// @param extra_negatives      (M, D), M may be 0; constants, the same on all ranks
/// @param temperature  > 0
template <class R, class A, class Columns, Relation Rel, class D = BasicCpu<R, A>>
R contrast(const BasicCpu<R, A>& device, Workspace& scratch, Communicator& ranks,
           Differentiable<BasicCpu<R, A>> rows, const Columns& columns, const Rel& relation,
           In<D> extra_negatives, Real<D> temperature) {
  using namespace internal;
  constexpr bool same = std::same_as<Columns, SameRows>,
                 differentiable = std::same_as<Columns, Differentiable<D>>;
  const Workspace::Scope scope(scratch);
  const Gathered<D> all = gather<D>(device, ranks, scratch, column_values<D>(rows, columns));
  const Index count = rows.value.rows, width = rows.value.cols;
  const bool mirrored = same && ranks.size() == 1;  // one block serves both of its sides
  const double length = largest_norm(device, scratch, rows.value);
  const double row = length / static_cast<double>(temperature);
  const double far = largest_norm(device, scratch, all.all);
  const double column = std::max(largest_norm(device, scratch, extra_negatives), far);
  const double bound =
      row * column;  // of logits, which R must hold as powers of two, like products and gradients
  const double largest =
      std::max({1.5 * bound, length * column, row, column / static_cast<double>(temperature)});
  const bool finite = !std::isnan(column + far) && largest <= std::numeric_limits<R>::max() / 4;

  const Panels<R> packed = packed_rows(device, scratch, rows.value, Sides::both);
  const PairKernel<R, A, Rel> pairs{
      device,          scratch,
      relation,        rows_before(ranks, scratch, count),
      1 / temperature, bound <= static_cast<double>(largest_plain_logit<R>),
      packed};
  const LogSumExp totals{scratch.take<double>(count), scratch.take<double>(count),
                         scratch.take<double>(count)};
  for (double* sum : {totals.sum, totals.positives, totals.positive_logits})
    std::fill_n(sum, count, 0.0);
  const Anchors<R> anchors{scratch.take<R>(count), scratch.take<R>(count), scratch.take<R>(count)};
  std::fill_n(anchors.top, count, R(0));

  const R start = finite ? R(0) : std::numeric_limits<R>::quiet_NaN();
  const auto fresh = [&](const Panels<R>& panels) {
    R* const gradient = scratch.take<R>(panels.padded * panels.wide);
    std::fill_n(gradient, panels.padded * panels.wide, start);
    return gradient;
  };
  R* const row_gradient = fresh(packed);
  R* column_gradient = nullptr;
  Panels<R> others = packed;
  if (same && !mirrored)
    others = packed_rows(device, scratch, all.all, Sides::right | Sides::across);
  if (differentiable) {
    others = packed_rows(device, scratch, all.all, Sides::left | Sides::across);
    column_gradient = fresh(others);
  }
  const In<D> constants = same || differentiable ? In<D>{nullptr, 0, width} : all.all;
  Stream<R> stream{};
  double terms[2] = {finite ? 0 : NAN, 0};
  const auto finish = [&](Index first, Index n) {
    finish_anchors(n, totals.from(first), anchors.from(first), pairs.inverse, terms);
  };
  if (finite) {
    if (!pairs.bounded) pairs.tops(all.all, extra_negatives, anchors.top);
    if (same) pairs.accumulate_sums(others, mirrored && pairs.bounded, anchors.top, totals);
    stream = pairs.stream(constants, extra_negatives, anchors.top);
    pairs.add_sums(stream, count, totals);
  }
  if (finite && differentiable)
    gradients_in_strips(pairs, others, totals, anchors, row_gradient, column_gradient, finish);
  else
    finish(0, count);
  ranks.sum(terms, 2, Number::real64);
  const double counted = std::max(terms[1], 1.0);

  if constexpr (same) {
    Anchors<R> theirs = anchors;
    if (!mirrored) {
      const Index total = all.all.rows;
      Index* const counts = scratch.take<Index>(ranks.size());
      for (Index r = 0; r < ranks.size(); ++r)
        counts[r] = all.counts[r] / std::max<Index>(width, 1);
      theirs = {scratch.take<R>(total), scratch.take<R>(total), scratch.take<R>(total)};
      ranks.gather(anchors.top, theirs.top, counts, number_of<R>);
      ranks.gather(anchors.weight, theirs.weight, counts, number_of<R>);
      ranks.gather(anchors.share, theirs.share, counts, number_of<R>);
    }
    if (finite) pairs.accumulate_gradient(others, mirrored, anchors, theirs, row_gradient);
  }
  if (finite) pairs.gradient_of_stream(stream, constants, anchors, row_gradient);
  const R factor = static_cast<R>(1 / (static_cast<double>(temperature) * counted));
  put_rows(device, rows, row_gradient, packed.wide, factor);
  if constexpr (differentiable) {
    if (ranks.size() > 1) {  // each rank's columns get what the rows of all ranks slope
      Index* const counts = scratch.take<Index>(ranks.size());
      for (Index r = 0; r < ranks.size(); ++r)
        counts[r] = all.counts[r] / std::max<Index>(width, 1) * packed.wide;
      R* const mine = scratch.take<R>(counts[ranks.rank()]);
      ranks.gather_adjoint(column_gradient, mine, counts, number_of<R>);
      column_gradient = mine;
    }
    put_rows(device, columns, column_gradient, packed.wide, factor);
  }
  return static_cast<R>(terms[0] / counted);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
