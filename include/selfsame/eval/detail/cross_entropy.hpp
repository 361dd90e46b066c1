/// @file
/// Mean cross-entropy of a linear map of standardised rows, and its gradient.
#pragma once
#include <selfsame/eval/detail/lbfgs.hpp>
#include <selfsame/kernel/cpu/affine.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace selfsame {
namespace detail {

// Mean and 1 / deviation of each column, in double; 0 for the deviation of a constant column.
template <class D>
struct Columns {
  std::vector<double> mean, inverse;

  explicit Columns(In<D> x) : mean(size(x.cols)), inverse(size(x.cols)) {
    each(x, [&](std::size_t c, double v) { mean[c] += v; });
    for (double& m : mean) m /= static_cast<double>(x.rows);
    each(x, [&](std::size_t c, double v) { inverse[c] += (v - mean[c]) * (v - mean[c]); });
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double deviation = std::sqrt(inverse[c] / static_cast<double>(x.rows));
      if (!std::isfinite(deviation))
        throw std::invalid_argument("selfsame: the deviation of column " + std::to_string(c) +
                                    " of the training embeddings is not finite. Scale them down.");
      inverse[c] = deviation > 1e-7 * std::abs(mean[c]) ? 1 / deviation : 0;
    }
  }
  void standardise(In<D> x, Out<D> to) const {
    for (Index r = 0; r < x.rows; ++r)
      for (std::size_t c = 0; c < mean.size(); ++c)
        to.row(r)[c] =
            static_cast<Activation<D>>((static_cast<double>(x.row(r)[c]) - mean[c]) * inverse[c]);
  }

 private:
  static std::size_t size(Index n) { return static_cast<std::size_t>(n); }
  template <class F>
  void each(In<D> x, F f) const {
    for (Index r = 0; r < x.rows; ++r)
      for (std::size_t c = 0; c < size(x.cols); ++c) f(c, static_cast<double>(x.row(r)[c]));
  }
};

// Mean cross-entropy of rows and its gradient by (W, b), both (C D + C) numbers. Rows are cut into
// at most 8 slices, a slice into chunks that stay in cache; sums are added in this order, in
// double.
template <class D>
class CrossEntropy {
 public:
  CrossEntropy(const D& device, In<D> x, const Index* labels, Index classes)
      : device_(device), x_(x), labels_(labels), classes_(classes) {
    const Index chunks = pieces(x.rows, chunk);
    each_ = pieces(chunks, std::min<Index>(8, chunks)) * chunk;
    slices_.resize(static_cast<std::size_t>(pieces(x.rows, each_)));
    for (Slice& s : slices_) s.gradient.resize(static_cast<std::size_t>(classes * (x.cols + 1)));
  }

  double operator()(const std::vector<double>& parameters, std::vector<double>& gradient) {
    Rows<D> w(classes_, x_.cols);
    Buffer<Real<D>> bias(classes_);
    const auto bias_at = parameters.begin() + w.data.size();
    std::transform(parameters.begin(), bias_at, w.data.begin(),
                   [](double t) { return static_cast<Activation<D>>(t); });
    std::transform(bias_at, parameters.end(), bias.begin(),
                   [](double t) { return static_cast<Real<D>>(t); });
    parallel(device_, static_cast<Index>(slices_.size()), [&](Index s, Index) {
      slices_[static_cast<std::size_t>(s)].add(*this, s * each_, std::min(x_.rows, (s + 1) * each_),
                                               w.in(), bias);
    });
    double value = 0;
    std::fill(gradient.begin(), gradient.end(), 0);
    for (const Slice& s : slices_) {
      value += s.value;
      add_scaled(1 / static_cast<double>(x_.rows), s.gradient, gradient);
    }
    return value / static_cast<double>(x_.rows);
  }

 private:
  static constexpr Index chunk = 1024;

  struct Slice {
    double value = 0;
    std::vector<double> gradient;
    Workspace scratch;
    Rows<D> logits, part;
    Buffer<Real<D>> normalisers;

    void add(const CrossEntropy& f, Index first, Index last, In<D> w, const Buffer<Real<D>>& bias) {
      const D alone{};
      value = 0;
      std::fill(gradient.begin(), gradient.end(), 0);
      part.resize(w.rows, w.cols);
      for (; first < last; first += chunk) {
        const Index n = std::min(chunk, last - first);
        const In<D> x = f.x_.row_range(first, n);
        logits.resize(n, w.rows);
        normalisers.resize(n);
        const Out<D> s = logits.out();
        product(alone, scratch, x, Transpose::no, w, Transpose::yes, s);
        add_to_rows(alone, bias.data(), s);
        row_log_sum_exp(alone, s, Real<D>(1), {normalisers.data(), n});
        for (Index r = 0; r < n; ++r)
          value +=
              static_cast<double>(normalisers[r]) - static_cast<double>(s(r, f.labels_[first + r]));
        softmax(alone, s, Real<D>(1), s);
        for (Index r = 0; r < n; ++r) s(r, f.labels_[first + r]) -= 1;
        product(alone, scratch, logits.in(), Transpose::yes, x, Transpose::no, part.out());
        for (Index i = 0; i < part.data.size(); ++i)
          gradient[static_cast<std::size_t>(i)] += static_cast<double>(part.data[i]);
        double* const by_bias = gradient.data() + part.data.size();
        for (Index r = 0; r < n; ++r)
          for (Index c = 0; c < w.rows; ++c) by_bias[c] += static_cast<double>(s(r, c));
      }
    }
  };
  D device_;
  In<D> x_;
  const Index* labels_;
  Index classes_, each_ = 0;
  std::vector<Slice> slices_;
};

}  // namespace detail
}  // namespace selfsame
