// What the tests of losses share: references in double, rows with a stride, virtual inputs.
#pragma once
#include <selfsame/interop/eigen.hpp>
#include <selfsame/relation/relation.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"
#include "support/devices.hpp"

namespace selfsame::test {

using Dense = RowMajor<double>;

template <class D>
inline constexpr double epsilon = std::numeric_limits<Activation<D>>::epsilon();

inline Dense noise(Index rows, Index cols, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<double> normal;
  Dense m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = normal(bits);
  return m;
}
/// z[i][j] = sin(1 + cols i + j)
inline Dense sines(Index rows, Index cols) {
  Dense m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = std::sin(static_cast<double>(1 + cols * r + c));
  return m;
}
inline Dense unit(Dense m) {
  for (Index r = 0; r < m.rows(); ++r) m.row(r).normalize();
  return m;
}

/// An orthogonal matrix: as many reflections as it has rows, at hyperplanes of random directions.
inline Dense rotation(Index size, unsigned seed) {
  const Dense directions = unit(noise(size, size, seed));
  Dense q = Dense::Identity(size, size);
  for (Index k = 0; k < size; ++k)
    for (Index r = 0; r < size; ++r) {
      double along = 0;
      for (Index c = 0; c < size; ++c) along += q(r, c) * directions(k, c);
      for (Index c = 0; c < size; ++c) q(r, c) -= 2 * along * directions(k, c);
    }
  return q;
}

/// Rows of a device with three columns of NaN behind each, and the place of their gradient, NaN too.
template <class D>
struct Strided {
  using A = Activation<D>;
  Index rows, cols;
  std::vector<A> value, gradient;

  explicit Strided(const Dense& m)
      : rows(m.rows()),
        cols(m.cols()),
        value(static_cast<std::size_t>(rows * (cols + 3)), A(NAN)),
        gradient(value) {
    as_eigen(Out<D>(value.data(), rows, cols, cols + 3)) = m.cast<A>();
  }
  In<D> in() const { return {value.data(), rows, cols, cols + 3}; }
  Differentiable<D> differentiable(Real<D> weight = 1) {
    return {in(), {gradient.data(), rows, cols, cols + 3}, weight};
  }
  /// The numbers as they were rounded.
  Dense rounded() const { return as_eigen(in()).template cast<double>(); }
  Dense slope() const {
    return as_eigen(In<D>(gradient.data(), rows, cols, cols + 3)).template cast<double>();
  }
  bool untouched() const {
    for (Index r = 0; r < rows; ++r)
      for (Index c = cols; c < cols + 3; ++c)
        if (!std::isnan(gradient[static_cast<std::size_t>(r * (cols + 3) + c)])) return false;
    return true;
  }
};

/// The largest difference, relative to the largest number wanted (at least `floor`); NaN where either has one.
inline double worst(const Dense& mine, const Dense& wanted, double floor = 1e-30) {
  REQUIRE((mine.rows() == wanted.rows() && mine.cols() == wanted.cols()));
  double largest = 0, scale = floor;
  for (Index r = 0; r < mine.rows(); ++r)
    for (Index c = 0; c < mine.cols(); ++c) {
      const double d = std::abs(mine(r, c) - wanted(r, c));
      if (std::isnan(d)) return d;
      largest = std::max(largest, d);
      scale = std::max(scale, std::abs(wanted(r, c)));
    }
  return largest / scale;
}

/// The largest relative difference between `gradient` and central differences of f at x.
template <class F>
double difference_error(const F& f, Dense x, const Dense& gradient, double step = 1e-5) {
  Dense slope(x.rows(), x.cols());
  for (Index r = 0; r < x.rows(); ++r)
    for (Index c = 0; c < x.cols(); ++c) {
      const double before = x(r, c);
      x(r, c) = before + step;
      const double above = f(x);
      x(r, c) = before - step;
      slope(r, c) = (above - f(x)) / (2 * step);
      x(r, c) = before;
    }
  return worst(gradient, slope);
}

struct Reference {
  double value = 0;
  Dense rows, columns;  // gradients
};

/// The streamed kernel's formula, straight: gradients of rows and of columns as two inputs.
template <class Rel>
Reference naive_contrast(const Dense& rows, const Dense& columns, const Dense& extra_negatives,
                         const Rel& relation, double temperature) {
  Reference out{0, Dense::Zero(rows.rows(), rows.cols()), Dense::Zero(columns.rows(), rows.cols())};
  Index counted = 0;
  for (Index i = 0; i < rows.rows(); ++i) {
    const Eigen::VectorXd s = columns * rows.row(i).transpose() / temperature,
                          t = extra_negatives * rows.row(i).transpose() / temperature;
    double mass = 0, hits = 0, top = -INFINITY, sum = 0;
    for (Index j = 0; j < s.size(); ++j)
      mass += relation(i, j).positive, hits += relation(i, j).positive * s(j);
    if (mass == 0) continue;
    ++counted;
    for (Index j = 0; j < s.size(); ++j)
      if (relation(i, j).denominator > 0) top = std::max(top, s(j));
    for (Index j = 0; j < t.size(); ++j) top = std::max(top, t(j));
    for (Index j = 0; j < s.size(); ++j)
      if (relation(i, j).denominator > 0) sum += relation(i, j).denominator * std::exp(s(j) - top);
    for (Index j = 0; j < t.size(); ++j) sum += std::exp(t(j) - top);
    out.value += top + std::log(sum) - hits / mass;
    for (Index j = 0; j < s.size(); ++j) {
      const Pair pair = relation(i, j);
      const double w = (pair.denominator > 0 ? pair.denominator * std::exp(s(j) - top) / sum : 0) -
                       pair.positive / mass;
      out.rows.row(i) += w * columns.row(j), out.columns.row(j) += w * rows.row(i);
    }
    for (Index j = 0; j < t.size(); ++j)
      out.rows.row(i) += std::exp(t(j) - top) / sum * extra_negatives.row(j);
  }
  if (counted == 0) return out;
  const auto n = static_cast<double>(counted);
  return {out.value / n, out.rows / (temperature * n), out.columns / (temperature * n)};
}

/// NT-Xent as the paper writes it: the mean over anchors and their positives of a cross-entropy.
inline double naive_nt_xent(const Dense& z, double temperature, Index views = 2) {
  const Index batch = z.rows() / views;
  double sum = 0;
  for (Index i = 0; i < z.rows(); ++i)
    for (Index j = i % batch; j < z.rows(); j += batch) {
      if (i == j) continue;
      const auto s = [&](Index k) {
        return z.row(i).dot(z.row(k)) /
               (std::max(z.row(i).norm(), 1e-6) * std::max(z.row(k).norm(), 1e-6)) / temperature;
      };
      double top = -INFINITY, all = 0;
      for (Index k = 0; k < z.rows(); ++k) top = k == i ? top : std::max(top, s(k));
      for (Index k = 0; k < z.rows(); ++k) all += k == i ? 0 : std::exp(s(k) - top);
      sum += top + std::log(all) - s(j);
    }
  return z.rows() == 0 ? 0 : sum / static_cast<double>(z.rows() * (views - 1));
}

/// Its gradient, through the kernel's naive gradient and that of the unit length.
template <class Rel>
Dense naive_nt_xent_gradient(const Dense& z, double temperature, const Rel& relation) {
  Dense u = z;
  for (Index r = 0; r < z.rows(); ++r) u.row(r) /= std::max(z.row(r).norm(), 1e-6);
  const Reference both = naive_contrast(u, u, Dense(0, z.cols()), relation, temperature);
  Dense g = both.rows + both.columns;
  for (Index r = 0; r < z.rows(); ++r) {
    const double norm = std::max(z.row(r).norm(), 1e-6);
    if (norm > 1e-6) g.row(r) -= u.row(r).dot(g.row(r)) * Eigen::RowVectorXd(u.row(r));
    g.row(r) /= norm;
  }
  return g;
}

}  // namespace selfsame::test
