/// @file
#pragma once
#include <selfsame/kernel/cpu/batch_norm.hpp>
#include <selfsame/nn/layer.hpp>

namespace selfsame {

/// Whether a layer's scale starts at one, or at zero so that a residual branch starts as nothing.
enum class ScaleStart { one, zero };

/// Whether a layer learns a shift: the last norm of SimCLR's projector, as released, has none.
enum class Shift { learned, none };

/// Batch normalisation over the rows of a group of images, then ReLU if asked:
///
///     y = scale * (x - mean) / sqrt(variance + epsilon) + shift
///
/// In training, mean and (biased) variance are those of the group: `Pass::batch_norm_group` images, or all that
/// run together, of all ranks. In evaluation they are buffers, moved after a step by `update_buffers`:
/// running <- running + (1 - momentum) (batch - running). Of one row y is the shift, and dx is 0: the pass warns.
///
/// @see Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1. The released code of SimCLR keeps the
///      biased variance in its buffers, PyTorch the unbiased one: `running_variance`.
struct BatchNorm {
  enum class Variance { biased, unbiased };
  Fraction momentum = 0.9;  ///< share of a buffer kept per step; PyTorch's `momentum` is 1 - this
  NonNegative epsilon = 1e-5;
  Activate activate = Activate::none;
  ScaleStart start = ScaleStart::one;
  Variance running_variance = Variance::biased;
  Shift shift = Shift::learned;

  template <class D>
  struct Cache {
    Buffer<Real<D>> mean, inverse;  // (groups, channels)
    Index rows = 0;                 // of a group, over all ranks; 0 in evaluation
  };
  template <class D>
  struct Statistics {
    Buffer<Real<D>> mean, variance;  // (groups, channels), as the buffers take them
  };

  constexpr Shape output(Shape in) const { return in; }
  void describe(Shape in, auto& sink) const {
    sink.weight("weight", Kind::scale, {in.channels}, start == ScaleStart::one ? ones : zeros);
    if (shift == Shift::learned) sink.weight("bias", Kind::shift, {in.channels}, zeros);
    sink.buffer("running_mean", {in.channels}, zeros);
    sink.buffer("running_var", {in.channels}, ones);
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    if (pass.mode == Mode::train) measure(pass, in, x, cache, statistics);
    if (pass.mode == Mode::evaluate) recall(w, cache, statistics);
    apply(pass, in, x, w, {}, y, cache);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    backward(pass, in, x, w, cache, {}, dy, dx, {}, dtheta);
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    const Index channels = buffers[0].size;
    const auto step = static_cast<Real<D>>(1 - momentum);
    for (Index i = 0; i < s.mean.size(); ++i) {
      Real<D>& mean = buffers[0][i % channels];
      Real<D>& variance = buffers[1][i % channels];
      mean += step * (s.mean[i] - mean);
      variance += step * (s.variance[i] - variance);
    }
  }

  // The parts of a pass, for a layer that fuses them with what comes before or after.

  /// Moments of x by groups, for training.
  template <class D>
  void measure(const Pass<D>& pass, Shape in, In<D> x, Cache<D>& cache,
               Statistics<D>& statistics) const {
    const Index rows = group_rows(pass, in),
                groups = pass.batch_norm_group > 0 ? pieces(x.rows, rows) : 1;
    begin(in, groups, cache, statistics);
    for (Index g = 0; g < groups; ++g) {
      const In<D> group = x.row_range(g * rows, std::min(rows, x.rows - g * rows));
      const Index blocks = pieces(group.rows, norm_rows);
      const Workspace::Scope scope(*pass.workspace);
      Real<D>* const means = pass.workspace->template take<Real<D>>(blocks * x.cols);
      Real<D>* const moments = pass.workspace->template take<Real<D>>(blocks * x.cols);
      const auto size = [&](Index b) { return std::min(norm_rows, group.rows - b * norm_rows); };
      parallel(*pass.device, blocks, [&](Index b, Index) {
        block_moments(*pass.device, group.row_range(b * norm_rows, size(b)), means + b * x.cols,
                      moments + b * x.cols);
      });
      join(pass, in, g, blocks, means, moments, size, cache, statistics);
    }
  }
  /// Room for the moments of `groups` groups.
  template <class D>
  void begin(Shape in, Index groups, Cache<D>& cache, Statistics<D>& statistics) const {
    for (Buffer<Real<D>>* b : {&cache.mean, &cache.inverse, &statistics.mean, &statistics.variance})
      b->resize(groups * in.channels);
  }
  /// The moments of group g from those of its blocks, over all ranks where the group is the batch.
  template <class D, class Size>
  void join(const Pass<D>& pass, Shape in, Index g, Index blocks, const Real<D>* means,
            const Real<D>* moments, Size&& size, Cache<D>& cache, Statistics<D>& statistics) const {
    const Index channels = in.channels;
    const Workspace::Scope scope(*pass.workspace);
    double* const mean = pass.workspace->template take<double>(channels);
    double* const moment = pass.workspace->template take<double>(channels);
    Index rows = join_moments(blocks, channels, means, moments, size, mean, moment);
    if (pass.batch_norm_group == 0 && pass.ranks->size() > 1) {  // Chan's formula again, over ranks
      double* const total = pass.workspace->template take<double>(channels);
      const Index all = pass.total(rows);
      for (Index c = 0; c < channels; ++c)
        total[c] =
            mean[c] * static_cast<double>(rows) / static_cast<double>(std::max<Index>(all, 1));
      pass.ranks->sum(total, channels, Number::real64);
      for (Index c = 0; c < channels; ++c) {
        const double step = mean[c] - total[c];
        moment[c] += static_cast<double>(rows) * step * step;
        mean[c] = total[c];
      }
      pass.ranks->sum(moment, channels, Number::real64);
      rows = all;
    }
    cache.rows = rows;
    if (rows == 1)
      pass.warn(
          "a batch norm sees one row, so its output is its shift and no gradient passes it: train "
          "with a larger "
          "batch (or group), or without that norm");
    const double n = static_cast<double>(std::max<Index>(rows, 1));
    const double divisor = running_variance == Variance::unbiased && rows > 1 ? n - 1 : n;
    for (Index c = 0; c < channels; ++c) {
      const Index at = g * channels + c;
      cache.mean[at] = statistics.mean[at] = static_cast<Real<D>>(mean[c]);
      cache.inverse[at] = static_cast<Real<D>>(1 / deviation(moment[c] / n));
      statistics.variance[at] = static_cast<Real<D>>(moment[c] / divisor);
    }
  }
  /// The moments that the buffers hold, for evaluation; there is nothing to settle then.
  template <class D>
  void recall(const Fixed<D>& w, Cache<D>& cache, Statistics<D>& statistics) const {
    const Index channels = w.buffers[0].size;
    cache.mean.resize(channels), cache.inverse.resize(channels), cache.rows = 0;
    statistics.mean.resize(0), statistics.variance.resize(0);
    for (Index c = 0; c < channels; ++c) {
      cache.mean[c] = w.buffers[0][c];
      cache.inverse[c] = static_cast<Real<D>>(1 / deviation(static_cast<double>(w.buffers[1][c])));
    }
  }
  /// y from x by the cached moments, plus `addend` before the ReLU where it has data.
  template <class D>
  void apply(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, In<D> addend, Out<D> y,
             const Cache<D>& cache) const {
    const Index channels = in.channels;
    const Workspace::Scope scope(*pass.workspace);
    Real<D>* const slope = pass.workspace->template take<Real<D>>(channels);
    const Real<D>* const shifts = shift_of(pass, w, channels);
    each_group(pass, in, [&](Index first, Index rows, Index at) {
      for (Index c = 0; c < channels; ++c) slope[c] = w.parameters[0][c] * cache.inverse[at + c];
      const In<D> plus = addend.data != nullptr ? addend.row_range(first, rows) : In<D>{};
      normalise_columns(*pass.device, x.row_range(first, rows), cache.mean.data() + at, slope,
                        shifts, plus, activate, y.row_range(first, rows));
    });
  }
  /// Behind an addend, the output y and the addend's gradient (overwritten) take part.
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> y, In<D> dy, Out<D> dx, Out<D> daddend, Slice<Real<D>, D> dtheta) const {
    const Index channels = in.channels;
    const Workspace::Scope scope(*pass.workspace);
    double* const sums = pass.workspace->template take<double>(2 * channels);
    Real<D>* const means = pass.workspace->template take<Real<D>>(2 * channels);
    const Real<D>* const shifts = shift_of(pass, w, channels);
    each_group(pass, in, [&](Index first, Index rows, Index at) {
      const auto cut = [&](auto m) { return m.data != nullptr ? m.row_range(first, rows) : m; };
      const NormGradient<Real<D>, Activation<D>> of{cut(x),
                                                    cut(dy),
                                                    cut(y),
                                                    cache.mean.data() + at,
                                                    cache.inverse.data() + at,
                                                    w.parameters[0].data,
                                                    shifts,
                                                    activate};
      norm_gradient_sums(*pass.device, *pass.workspace, of, sums);
      for (Index c = 0; c < channels; ++c) {
        if (shift == Shift::learned) dtheta[1][c] += static_cast<Real<D>>(sums[c]);
        dtheta[0][c] += static_cast<Real<D>>(sums[channels + c]);
      }
      if (dx.data == nullptr && daddend.data == nullptr) return;
      const bool batch = pass.mode == Mode::train;
      if (batch && pass.batch_norm_group == 0 && pass.ranks->size() > 1)
        pass.ranks->sum(sums, 2 * channels, Number::real64);
      const double n = static_cast<double>(pass.batch_norm_group == 0 ? cache.rows : rows);
      for (Index c = 0; c < 2 * channels; ++c)
        means[c] = batch ? static_cast<Real<D>>(sums[c] / n) : 0;
      norm_gradient(*pass.device, of, means, means + channels, cut(dx), cut(daddend));
    });
  }

  /// sqrt(variance + epsilon); NaN where the variance has overflowed: infinity would turn its channel into the
  /// shift, as if nothing had happened.
  double deviation(double variance) const {
    const double d = std::sqrt(variance + epsilon);
    return std::isinf(d) ? std::nan("") : d;
  }

  /// Rows of a group; all of them where the pass has no groups or is in evaluation.
  template <class D>
  static Index group_rows(const Pass<D>& pass, Shape in) {
    const bool grouped = pass.mode == Mode::train && pass.batch_norm_group > 0;
    return grouped ? pass.batch_norm_group * in.positions() : in.rows();
  }

 private:
  // In the scope of whoever asks.
  template <class D>
  const Real<D>* shift_of(const Pass<D>& pass, const Fixed<D>& w, Index channels) const {
    if (shift == Shift::learned) return w.parameters[1].data;
    Real<D>* const none = pass.workspace->template take<Real<D>>(channels);
    std::fill_n(none, channels, Real<D>(0));
    return none;
  }
  // f(first row, rows, where the group's moments begin); once without rows, too: other ranks may have
  template <class D, class F>
  static void each_group(const Pass<D>& pass, Shape in, F&& f) {
    const Index rows = group_rows(pass, in);
    Index first = 0, at = 0;
    do {
      f(first, std::min(rows, in.rows() - first), at);
      first += rows;
      at += in.channels;
    } while (first < in.rows());
  }
};

}  // namespace selfsame
