/// @file
/// Lists of rows of a bank, scored and added as they come: what is gathered is never stored.
#pragma once
#include <selfsame/kernel/cpu/detail/bank/terms.hpp>
#include <selfsame/kernel/cpu/detail/matrix/fold.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// Rows that are scored and then added while they are in cache; the next as many are prefetched.
inline constexpr Index bank_rows_at_once = 32;

/// s[j] = inverse * bank(index[j]) . anchor for j < count, `count` at most bank_rows_at_once.
/// @param known  how many indices there are, those beyond count to be prefetched
template <class V, class D, class A>
SELFSAME_INLINE inline void gathered_scores(const A* anchor, const MatrixView<const A, D>& bank,
                                            const Index* index, Index count, Index known,
                                            Lane<V> inverse, Lane<V>* s) {
  constexpr int ways = 4;  // rows at a time: sums that do not wait for one another
  for (Index j = 0; j < count; j += ways) {
    const A *row[ways], *later[ways];
    V sum[ways] = {};
#pragma GCC unroll 4
    for (int w = 0; w < ways; ++w) {
      row[w] = bank.row(index[std::min(j + w, count - 1)]);
      later[w] = bank.row(index[std::min(j + w + bank_rows_at_once, known - 1)]);
    }
    each_vector<V>(bank.cols, [&](Index c, Index n) SELFSAME_INLINE {
      V x, y;
      load_some(anchor + c, n, x);
#pragma GCC unroll 4
      for (int w = 0; w < ways; ++w) {
        __builtin_prefetch(later[w] + c);
        load_some(row[w] + c, n, y);
        sum[w] += x * y;
      }
    });
    Lane<V> dots[ways];
    fold_four(sum, dots);
    for (int w = 0; w < ways && j + w < count; ++w) s[j + w] = inverse * dots[w];
  }
}

/// to = rescale * to + sum_j pulls[j] bank(index[j])
template <class V, class D, class A>
SELFSAME_INLINE inline void add_gathered(const MatrixView<const A, D>& bank, const Index* index,
                                         Index count, const Lane<V>* pulls, Lane<V> rescale,
                                         Lane<V>* to) {
  constexpr int ways = 8;  // vectors of a row that stay in registers over all rows
  Index c = 0;
  for (; c + ways * width<V> <= bank.cols; c += ways * width<V>) {
    V sum[ways] = {};
    for (Index j = 0; j < count; ++j) {
      const A* const row = bank.row(index[j]) + c;
      const Lane<V> pull = pulls[j];
#pragma GCC unroll 8
      for (int w = 0; w < ways; ++w) {
        V x;
        load(row + w * width<V>, x);
        sum[w] += pull * x;
      }
    }
#pragma GCC unroll 8
    for (int w = 0; w < ways; ++w) {
      V x;
      load(to + c + w * width<V>, x);
      x = rescale * x + sum[w];
      store(to + c + w * width<V>, x);
    }
  }
  each_vector<V>(bank.cols - c, [&](Index at, Index n) SELFSAME_INLINE {
    V sum = {}, x;
    for (Index j = 0; j < count; ++j) {
      load_some(bank.row(index[j]) + c + at, n, x);
      sum += pulls[j] * x;
    }
    load_some(to + c + at, n, x);
    sum += rescale * x;
    store_some(to + c + at, n, sum);
  });
}

/// finish(i, terms, sum of pulls, row of the positive) for each anchor; `start(Lanes, positive)`
/// makes its terms.
template <bool pulled, class R, class A, class Start, class Finish, class D = BasicCpu<R, A>>
void each_bank_row(const BasicCpu<R, A>& device, Workspace& scratch, In<D> anchors, In<D> bank,
                   MatrixView<const Index, D> index, R inverse, const Start& start,
                   const Finish& finish) {
  assert(index.rows == anchors.rows && index.cols >= 1 && bank.cols == anchors.cols);
  const Index width = bank.cols, each = row_piece(std::max<Index>(1, width) * index.cols);
  const Index tasks = pieces(anchors.rows, each), stride = (width + 15) / 16 * 16;
  const Workspace::Scope scope(scratch);
  R* const sums = scratch.take<R>(workers(device, tasks) * stride);
  parallel(device, tasks, [&](Index task, Index thread) {
    const Index first = task * each, last = std::min(anchors.rows, first + each);
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      R s[bank_rows_at_once];
      R* const sum = sums + thread * stride;
      for (Index i = first; i < last; ++i) {
        const Index* const list = index.row(i);
        gathered_scores<V>(anchors.row(i), bank, list, Index{1}, index.cols, inverse, s);
        auto terms = start(bytes, s[0]);
        std::fill_n(sum, width, R(0));
        for (Index j = 1; j < index.cols; j += bank_rows_at_once) {
          const Index left = index.cols - j, n = std::min(bank_rows_at_once, left);
          gathered_scores<V>(anchors.row(i), bank, list + j, n, left, inverse, s);
          const R rescale = terms.absorb(s, n);
          if constexpr (pulled) add_gathered<V>(bank, list + j, n, s, rescale, sum);
        }
        finish(i, terms, sum, bank.row(list[0]));
      }
    });
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
