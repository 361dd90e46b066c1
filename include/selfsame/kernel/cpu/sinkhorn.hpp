/// @file
/// Balanced codes of samples over prototypes.
#pragma once
#include <selfsame/kernel/cpu/detail/sinkhorn/exponential.hpp>
#include <selfsame/kernel/cpu/detail/sinkhorn/log.hpp>

#include <array>
#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// {largest, -smallest, 1 where a score is not finite or else 0} of all ranks.
template <class R, class A, class D = BasicCpu<R, A>>
std::array<double, 3> score_range(const BasicCpu<R, A>& device, Workspace& scratch,
                                  Communicator& ranks, In<D> scores) {
  const Workspace::Scope scope(scratch);
  const Index each = row_piece(scores.cols), tasks = pieces(scores.rows, each);
  auto* const found = scratch.take<std::array<double, 3>>(tasks);
  parallel(device, tasks, [&](Index task, Index) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      V top = V{} - std::numeric_limits<R>::infinity(), bottom = -top, odd = {};
      for (Index n = task * each; n < std::min(scores.rows, (task + 1) * each); ++n)
        each_vector<V>(scores.cols, [&](Index k, Index count) SELFSAME_INLINE {
          V v;
          load_some(scores.row(n) + k, count, v);
          if (count < width<V>)  // beyond the row stand zeros
            for (int i = 1; i < width<V>; ++i)
              if (i >= count) v[i] = v[0];
          top = v > top ? v : top;
          bottom = v < bottom ? v : bottom;
          odd += v - v;  // 0 of finite numbers only
        });
      bottom = -bottom;
      found[task] = {static_cast<double>(max_of(top)), static_cast<double>(max_of(bottom)),
                     sum_of(odd) == 0 ? 0.0 : 1.0};
    });
  });
  std::array<double, 3> all{-std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(), 0};
  for (Index task = 0; task < tasks; ++task)
    for (std::size_t i = 0; i < 3; ++i) all[i] = std::max(all[i], found[task][i]);
  ranks.max(all.data(), 3, Number::real64);
  return all;
}

/// The iterations in one of the two forms.
template <class Form, class R, class A>
SinkhornReport iterate(const Transport<R, A>& problem) {
  const SinkhornNumbers& numbers = problem.numbers;
  double* const marginals = problem.scratch.template take<double>(problem.cols());
  Form form(problem);
  form.begin();
  SinkhornReport report;
  for (Index turn = 1;; ++turn) {
    const bool last = turn == numbers.iterations;
    form.step(last, marginals);
    report = {0, 0, turn};
    for (Index k = 0; k < problem.cols(); ++k) {
      const double off = std::abs(marginals[k] - 1);
      if (off > report.residual || off != off) report.residual = off;  // a NaN stays
      report.l1 += off / static_cast<double>(problem.cols());
    }
    if (last) return report;
    if (report.residual < numbers.residual) break;
    form.advance(marginals);
  }
  form.write();
  return report;
}

}  // namespace internal

/// Codes of samples over prototypes, of which each gets an equal share: the plan Q that maximises
/// <Q, S^T> + epsilon H(Q) has row sums 1/K and column sums 1/M, and is approached from
/// Q = exp((S^T - max S) / epsilon) by iterations of
///
///     Q_k <- Q_k / (K sum_n Q_kn)   then   Q_n <- Q_n / (M sum_k Q_kn)
///
/// code_nk = M Q_kn, so each code sums to 1 after any number of iterations; M < K is legal. Reads the
/// matrix once an iteration. Finite for all finite scores, but for `SinkhornForm::exponential` only
/// where (max S - min S) / epsilon is below 80 (double: 700), to where `automatic` uses it; the
/// logarithms are in double. Where a score of any rank is no finite number the report says so and
/// nothing is written.
///
/// Of several ranks, samples are those of all; the ranks exchange 3 numbers, then K an iteration and
/// once more (in logarithms twice that).
///
/// @param scores   (M, K): samples and prototypes compared, not divided by anything
/// @param codes    (B, K), B <= M: of the last or first B rows; overwritten; may be those rows
/// @param numbers  epsilon > 0, iterations >= 1
/// @see Cuturi 2013, arXiv:1306.0895; Caron et al. 2020, arXiv:2006.09882, eq. 3-5
template <class R, class A, class D = BasicCpu<R, A>>
SinkhornReport sinkhorn(const BasicCpu<R, A>& device, Workspace& scratch, Communicator& ranks,
                        In<D> scores, Out<D> codes, const SinkhornNumbers& numbers) {
  assert(codes.cols == scores.cols && codes.rows <= scores.rows);
  assert(numbers.epsilon > 0 && numbers.iterations >= 1);
  Index total = scores.rows;
  ranks.sum(&total, 1, Number::integer);
  if (total == 0 || scores.cols == 0) return {};
  const auto [top, minus_bottom, odd] = internal::score_range(device, scratch, ranks, scores);
  if (odd != 0) return {.residual = NAN, .l1 = NAN, .finite = false};
  const Workspace::Scope scope(scratch);
  const internal::Transport<R, A> problem{
      device, scratch, ranks, scores, codes, numbers, static_cast<double>(total), top};
  const double limit = std::is_same_v<R, float> ? 80 : 700;
  const bool logarithms =
      numbers.form == SinkhornForm::log || (numbers.form == SinkhornForm::automatic &&
                                            !((top + minus_bottom) / numbers.epsilon <= limit));
  return logarithms ? internal::iterate<internal::LogForm<R, A>>(problem)
                    : internal::iterate<internal::ExponentialForm<R, A>>(problem);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
