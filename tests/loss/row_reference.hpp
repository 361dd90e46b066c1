// What the tests of losses of rows share: softmax in double, a run of a policy, laws they all obey.
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

namespace selfsame::test {

using F64 = BasicCpu<double>;

struct Result {
  double value = 0;
  Dense gradient;
};

inline Dense log_softmax(const Dense& z, double temperature = 1) {
  Dense v = z / temperature;
  for (Index i = 0; i < z.rows(); ++i) {
    v.row(i).array() -= v.row(i).maxCoeff();
    v.row(i).array() -= std::log(v.row(i).array().exp().sum());
  }
  return v;
}
inline Dense softmax_of(const Dense& z, double temperature = 1) {
  return log_softmax(z, temperature).array().exp();
}
/// Targets that sum to 1.
inline Dense soft(Index rows, Index classes, unsigned seed) {
  return softmax_of(noise(rows, classes, seed));
}
inline Dense one_hot(const std::vector<Index>& labels, Index classes, double smoothing = 0) {
  Dense t = Dense::Zero(static_cast<Index>(labels.size()), classes);
  for (Index i = 0; i < t.rows(); ++i) {
    if (labels[static_cast<std::size_t>(i)] < 0) continue;
    t.row(i).setConstant(smoothing / static_cast<double>(classes));
    t(i, labels[static_cast<std::size_t>(i)]) += 1 - smoothing;
  }
  return t;
}
/// The sum over rows of -sum_c t_c log softmax(z / temperature)_c; a target of 0 costs nothing.
inline Result naive_cross_entropy(const Dense& z, const Dense& t, double temperature = 1) {
  const Dense v = log_softmax(z, temperature);
  Result r{0, (t.rowwise().sum().asDiagonal() * Dense(v.array().exp()) - t) / temperature};
  for (Index i = 0; i < z.rows(); ++i)
    for (Index c = 0; c < z.cols(); ++c) r.value -= t(i, c) == 0 ? 0 : t(i, c) * v(i, c);
  return r;
}
inline std::vector<Index> largest(const Dense& z) {
  std::vector<Index> labels;
  for (Index i = 0; i < z.rows(); ++i) {
    Index best = 0;
    for (Index c = 1; c < z.cols(); ++c) best = z(i, c) > z(i, best) ? c : best;
    labels.push_back(best);
  }
  return labels;
}
inline std::vector<Index> labels_of(Index rows, Index classes) {
  std::vector<Index> labels;
  for (Index i = 0; i < rows; ++i) labels.push_back((7 * i + 3) % classes);
  return labels;
}
inline Vector<const Index, F64> view_of(const std::vector<Index>& labels) {
  return view<F64>(labels);
}

inline Dense dense(const Golden& golden, const std::string& name) {
  const auto& a = golden[name];
  Dense m(a.rows, a.cols);
  std::copy(a.values.begin(), a.values.end(), m.data());
  return m;
}

/// loss(pass, rows, targets) of one process.
template <class D = F64, class L>
Result run(const L& loss, const Dense& rows, const Dense& targets, int threads = 1) {
  const D device{.threads = threads};
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device;
  pass.workspace = &scratch;
  Strided<D> differentiable(rows), constant(targets);
  const double value = loss(pass, differentiable.differentiable(), constant.in());
  CHECK(differentiable.untouched());
  return {value, differentiable.slope()};
}
/// The same of numbers as a device rounds them, against a reference in double. A gradient smaller
/// than `least` over the rows need not have more digits than that.
template <class D, class L, class F>
void check_value(const L& loss, const F& reference, const Dense& rows, const Dense& targets,
                 double rounding, double least = 1e-3) {
  const Strided<D> a(rows), b(targets);
  const Result mine = run<D>(loss, rows, targets, 2), wanted = reference(a.rounded(), b.rounded());
  CHECK(std::abs(mine.value - wanted.value) <= rounding * std::max(1.0, std::abs(wanted.value)));
  least /= static_cast<double>(std::max<Index>(rows.rows(), 1));
  const double scale =
      wanted.gradient.size() == 0 ? 0 : std::max(wanted.gradient.cwiseAbs().maxCoeff(), least);
  if (wanted.gradient.size() > 0)
    CHECK((mine.gradient - wanted.gradient).cwiseAbs().maxCoeff() <= 4 * rounding * scale);
}

template <class L>
void check_differences(const L& loss, const Dense& rows, const Dense& targets, double step = 1e-5,
                       double allowed = 1e-6) {
  CHECK(difference_error([&](const Dense& x) { return run(loss, x, targets).value; }, rows,
                         run(loss, rows, targets).gradient, step) < allowed);
}

/// The gradient is written or added times the weight; the value has no weight.
template <class L>
void check_weight_and_add(const L& loss, const Dense& rows, const Dense& targets) {
  const Result plain = run(loss, rows, targets);
  const auto weighted = [&](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> t) {
    differentiable.weight = -3;
    return loss(pass, differentiable, t);
  };
  const auto added = [&](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> t) {
    as_eigen(differentiable.gradient).setConstant(0.25);
    return loss(pass, differentiable.added(5), t);
  };
  const Result w = run(weighted, rows, targets), a = run(added, rows, targets);
  CHECK(w.value == plain.value);
  CHECK(a.value == plain.value);
  CHECK(worst(w.gradient, -3 * plain.gradient) < 1e-14);
  CHECK(worst(a.gradient, (5 * plain.gradient).array() + 0.25) < 1e-14);
}

template <class L>
void check_threads(const L& loss, const Dense& rows, const Dense& targets) {
  const Result one = run<Cpu>(loss, rows, targets, 1);
  for (const int threads : {2, 3, 7}) {
    const Result several = run<Cpu>(loss, rows, targets, threads);
    CHECK(several.value == one.value);
    CHECK(several.gradient.cwiseEqual(one.gradient).all());
  }
}

/// Two and four ranks, also of unequal rows, have the value and the gradients of one. `loss` is
/// called as loss(pass, rows, targets, first row).
template <class L>
void check_ranks(const L& loss, const Dense& rows, const Dense& targets) {
  const auto on = [&](std::vector<Index> first) {
    const auto count = static_cast<Index>(first.size());
    first.push_back(rows.rows());
    Result r{NAN, Dense::Constant(rows.rows(), rows.cols(), NAN)};
    const RowMajor<double> x = rows, t = targets;
    std::vector<double> values(static_cast<std::size_t>(count));
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const auto me = static_cast<std::size_t>(ranks.rank());
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device;
      pass.workspace = &scratch;
      pass.ranks = &ranks;
      const Index from = first[me], n = first[me + 1] - from;
      const Differentiable<F64> differentiable{In<F64>(view<F64>(x)).row_range(from, n),
                                               Out<F64>(view<F64>(r.gradient)).row_range(from, n)};
      values[me] = loss(pass, differentiable, In<F64>(view<F64>(t)).row_range(from, n), from);
    });
    for (const double v : values) CHECK(v == values[0]);
    r.value = values[0];
    return r;
  };
  const Index n = rows.rows();
  const Result one = on({0});
  for (const auto& first :
       {std::vector<Index>{0, n / 2}, std::vector<Index>{0, n / 4, n / 2, 3 * n / 4},
        std::vector<Index>{0, 2, 2}}) {
    const Result several = on(first);
    CHECK(several.value == Approx(one.value).epsilon(1e-13));
    CHECK(worst(several.gradient, one.gradient) < 1e-12);
  }
}
/// The same of a loss(pass, rows, targets).
template <class L>
void check_row_ranks(const L& loss, const Dense& rows, const Dense& targets) {
  check_ranks([&](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> t,
                  Index) { return loss(pass, differentiable, t); },
              rows, targets);
}

}  // namespace selfsame::test
