/// @file
/// Lloyd's iterations over rows in blocks, on one or several ranks.
#pragma once
#include <selfsame/assigner/clusters.hpp>
#include <selfsame/assigner/detail/empty_clusters.hpp>
#include <selfsame/assigner/detail/first_centroids.hpp>
#include <selfsame/assigner/detail/frame.hpp>
#include <selfsame/kernel/cpu/cluster_sums.hpp>
#include <selfsame/kernel/cpu/k_means.hpp>
#include <selfsame/kernel/cpu/row_distances.hpp>

#include <cmath>
#include <limits>

namespace selfsame::detail {

/// All that one call of k-means works with. `Numbers` is the policy KMeans.
template <Device D, class Blocks, class Numbers>
class Lloyd {
  using R = Real<D>;
  using Matrix = MatrixView<R, D>;
  using Inner = BasicCpu<R>;  ///< the device of rows in the frame

 public:
  Lloyd(const Pass<D>& pass, Blocks& blocks, const Numbers& numbers, const Random& random)
      : pass_(pass), numbers_(numbers), random_(random), source_(pass, blocks) {}

  /// The first look at the rows: how many there are, how large, whether they differ.
  /// @throws std::invalid_argument  on every rank, where a row's square is not finite
  void survey() {
    std::vector<double> squares;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Index odd = -1;  // of this rank's rows the first that is not finite
    source_.each([&](Index first, In<D> x) {
      const auto width = static_cast<std::size_t>(x.cols);
      low_.resize(width, infinity), high_.resize(width, -infinity);
      squares.resize(static_cast<std::size_t>(x.rows));
      survey_rows(device(), scratch(), x, view<D>(squares), view<D>(low_), view<D>(high_));
      for (std::size_t i = 0; i < squares.size(); ++i) {
        if (odd < 0 && !std::isfinite(squares[i])) odd = first + static_cast<Index>(i);
        squares_ += squares[i];
      }
    });
    refuse_row("features", odd, source_);
    const auto width = static_cast<std::size_t>(source_.width());
    low_.resize(width, infinity), high_.resize(width, -infinity);
    for (double& x : low_) x = -x;
    if (ranks().size() > 1) {
      ranks().sum(&squares_, 1, Number::real64);
      ranks().max(low_.data(), source_.width(), Number::real64);
      ranks().max(high_.data(), source_.width(), Number::real64);
    }
    for (std::size_t c = 0; c < width; ++c) {
      low_[c] = -low_[c];
      equal_ = equal_ && low_[c] == high_[c];
    }
  }

  Index rows() const { return source_.rows(); }
  Index total() const { return source_.total(); }
  Index width() const { return source_.width(); }
  bool equal() const { return equal_ && source_.total() > 1; }

  /// Every centroid is the first row.
  void copy_first_row(Clusters<D>& to) {
    source_.fetch(std::vector<Index>(static_cast<std::size_t>(to.clusters), 0), matrix(to));
  }
  /// Row k of all is centroid k, and the only one of its cluster.
  void copy_rows(Clusters<D>& to, Vector<Index, D> labels) {
    std::vector<Index> all(static_cast<std::size_t>(total()));
    std::iota(all.begin(), all.end(), Index{0});
    source_.fetch(all, matrix(to));
    for (Index i = 0; i < labels.size; ++i) labels[i] = source_.before() + i;
    to.counts.assign(all.size(), 1);
  }

  /// The first centroids of start number `start`.
  void choose(Index start, Clusters<D>& to) {
    const Random random = random_.at("first").at(static_cast<std::uint64_t>(start));
    if (numbers_.first == FirstCentroids::plus_plus)
      return choose_apart(pass_, source_, random, matrix(to));
    std::vector<Index> wanted;
    for (Index k = 0; k < to.clusters; ++k) wanted.push_back(random.permuted(k, total()));
    source_.fetch(wanted, matrix(to));
  }

  /// From the centroids of `to` to the end. Labels are overwritten.
  /// @param chosen  whether they are rows of the data
  void run(Index start, Clusters<D>& to, Vector<Index, D> labels, bool chosen) {
    const Index clusters = to.clusters;
    enter_frame(start, to, chosen);
    NearestCentroids<R, R> nearest(rows(), clusters, width(), numbers_.bounds);
    sums_.assign(clusters * width(), 0);
    counts_.assign(static_cast<std::size_t>(clusters), 0);
    std::fill(labels.begin(), labels.end(), Index{-1});
    to.steps.clear();
    for (Index t = 0; t < numbers_.iterations; ++t) {
      KMeansStep step = assign(nearest, to, labels);
      const Random random = random_.at("split")
                                .at(static_cast<std::uint64_t>(start))
                                .at(static_cast<std::uint64_t>(t));
      step.empties = std::count(to.counts.begin(), to.counts.end(), Index{0});
      if (step.empties > 0 && numbers_.empties == Empties::farthest)
        step.splits = take_farthest(to, labels);
      const Matrix centroids = matrix(to);
      for (Index k = 0; k < clusters; ++k)
        if (to.counts[static_cast<std::size_t>(k)] > 0) put_mean(k, to);
      if (step.empties > 0 && numbers_.empties == Empties::split) {
        std::vector<double> sizes(to.counts.begin(), to.counts.end());
        step.splits = split_empties(centroids, sizes, total(), random);
      }
      if (step.empties > 0 && numbers_.empties == Empties::random_split)
        step.splits = split_and_move(to, labels, random);
      if (step.splits > 0) normalise(centroids);
      to.steps.push_back(step);
      to.objective = step.objective;
      if (numbers_.until == Until::settled && step.moved == 0 && step.splits == 0) break;
    }
    if (numbers_.last == LastLabels::assigned_again)
      to.objective = assign(nearest, to, labels).objective;
    to.numbers = outside(to);
  }

 private:
  const D& device() const { return *pass_.device; }
  Workspace& scratch() const { return *pass_.workspace; }
  Communicator& ranks() const { return *pass_.ranks; }
  Inner inner() const { return {device().threads}; }
  static Matrix matrix(Clusters<D>& c) { return {c.numbers.data(), c.clusters, c.width}; }

  bool spherical() const { return numbers_.spherical == Spherical::yes; }
  /// Whether rows are compared at unit length, which their sums are not.
  bool turned() const { return frame_.moved && frame_.unit; }

  /// Takes the first centroids into a frame that serves the rows: `to` stays there until the run ends.
  void enter_frame(Index start, Clusters<D>& to, bool chosen) {
    std::vector<R> some = to.numbers;
    Index count = std::min<Index>(to.clusters, 256);
    if (!chosen) {  // given ones need not be near the rows
      count = std::min<Index>(total(), 256);
      some.resize(static_cast<std::size_t>(count * width()));
      const Random random = random_.at("frame").at(static_cast<std::uint64_t>(start));
      std::vector<Index> wanted;
      for (Index k = 0; k < count; ++k) wanted.push_back(random.permuted(k, total()));
      source_.fetch(wanted, Matrix{some.data(), count, width()});
    }
    const MatrixView<const R, D> sample(some.data(), count, width());
    frame_ = frame_of(sample, spherical(), low_, high_);
    double largest = 0;
    for (Index c = 0; c < width(); ++c) {
      const auto at = static_cast<std::size_t>(c);
      if (turned())
        largest = std::max({largest, high_[at], -low_[at]});
      else
        largest = std::max({largest, frame_.in(high_[at], c), -frame_.in(low_[at], c)});
    }
    at_ = FixedPoint::of(largest, total());
    framed_squares_ = -1;
    if (frame_.moved && !frame_.unit)
      for (Index k = 0; k < to.clusters; ++k)
        for (Index c = 0; c < width(); ++c)
          matrix(to)(k, c) = static_cast<R>(frame_.in(static_cast<double>(matrix(to)(k, c)), c));
    std::vector<double> row(static_cast<std::size_t>(width()));
    for (Index k = 0; spherical() && k < to.clusters; ++k) {
      std::copy_n(matrix(to).row(k), width(), row.begin());
      put_unit(row, matrix(to).row(k));
    }
  }
  /// Centroids outside of the frame.
  std::vector<R> outside(const Clusters<D>& c) const {
    std::vector<R> numbers = c.numbers;
    if (frame_.moved)
      for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<R>(
            frame_.out(static_cast<double>(numbers[i]), static_cast<Index>(i) % width()));
    return numbers;
  }

  /// A vector, brought to unit length, in the frame; a zero one stays.
  void put_unit(std::vector<double>& v, R* to) const {
    double square = 0;
    for (const double x : v) square += x * x;
    if (square > 0)
      for (double& x : v) x /= std::sqrt(square);
    for (Index c = 0; c < width(); ++c)
      to[c] = static_cast<R>(frame_.in(v[static_cast<std::size_t>(c)], c));
  }
  /// Centroids of unit length, where they must have it.
  void normalise(Matrix centroids) const {
    if (!spherical()) return;
    std::vector<double> row(static_cast<std::size_t>(width()));
    for (Index k = 0; k < centroids.rows; ++k) {
      for (Index c = 0; c < width(); ++c)
        row[static_cast<std::size_t>(c)] = frame_.out(static_cast<double>(centroids(k, c)), c);
      put_unit(row, centroids.row(k));
    }
  }
  /// Centroid k becomes the mean of its rows.
  void put_mean(Index k, Clusters<D>& to) {
    std::vector<double>& mean = mean_;
    mean.resize(static_cast<std::size_t>(width()));
    for (Index c = 0; c < width(); ++c)
      mean[static_cast<std::size_t>(c)] =
          static_cast<double>(total_sums_[k * width() + c]) * at_.quantum /
          static_cast<double>(to.counts[static_cast<std::size_t>(k)]);
    R* const row = matrix(to).row(k);
    if (spherical()) return put_unit(mean, row);
    std::transform(mean.begin(), mean.end(), row, [](double x) { return static_cast<R>(x); });
  }

  /// f(first, x, y) for pieces of this rank's rows: x as they are, y in the frame, in Real.
  template <class F>
  void each(F&& f) {
    source_.each([&](Index first, In<D> x) {
      if constexpr (std::is_same_v<R, Activation<D>>)
        if (!frame_.moved) return f(first, x, In<Inner>(x));
      const Index most = std::max<Index>(1024, (Index{1} << 20) / std::max<Index>(width(), 1));
      for (Index begin = 0; begin < x.rows; begin += most) {
        const In<D> part = x.row_range(begin, std::min(most, x.rows - begin));
        framed_.resize(part.rows * width());
        framed_rows_.resize(static_cast<std::size_t>(part.rows));
        const MatrixView<R, Inner> y(framed_.data(), part.rows, width());
        rows_from(device(), part, frame_.origin.data(), frame_.scale, turned(), y,
                  view<D>(framed_rows_));
        f(first + begin, part, In<Inner>(y));
      }
    });
  }
  /// What rows are added as, and what a centroid is there, in double.
  Index move(In<D> x, In<Inner> y, Vector<const Index, D> from, Vector<const Index, D> to) {
    if (turned()) return move_members(device(), x, from, to, at_, sums(), view<D>(counts_));
    const MatrixView<Index, Inner> s(sums_.data(), static_cast<Index>(counts_.size()), width());
    const auto here = [](auto v) { return Vector<const Index, Inner>{v.data, v.size}; };
    return move_members(inner(), y, here(from), here(to), at_, s,
                        Vector<Index, Inner>{counts_.data(), static_cast<Index>(counts_.size())});
  }

  /// One assignment: labels, then sums and counts of all ranks' clusters.
  KMeansStep assign(NearestCentroids<R, R>& nearest, Clusters<D>& to, Vector<Index, D> labels) {
    KMeansStep step;
    const bool dots = spherical() && !frame_.moved, measure = framed_squares_ < 0;
    double squares = 0;
    nearest.move(inner(), scratch(), {to.numbers.data(), to.clusters, to.width},
                 dots ? Nearness::dot : Nearness::distance);
    each([&](Index first, In<D> x, In<Inner> y) {
      const Vector<Index, D> now = labels.part(first, x.rows);
      before_.assign(now.begin(), now.end());
      step.distances += static_cast<double>(
          nearest.search(inner(), scratch(), y, first, Vector<Index, Inner>{now.data, now.size}));
      step.moved += move(x, y, view<D>(std::as_const(before_)), now);
      if (measure && frame_.moved && !turned())
        for (const double s : framed_rows_) squares += s;
    });
    step.moved = pass_.total(step.moved);
    add_ranks(to);
    if (measure) {
      if (ranks().size() > 1) ranks().sum(&squares, 1, Number::real64);
      framed_squares_ = frame_.moved && !turned() ? squares : squares_;
    }
    // sum_n |x_n - c|^2 = sum_n |x_n|^2 + sum_k (n_k |c_k|^2 - 2 c_k . S_k)
    double objective = framed_squares_;
    for (Index k = 0; k < to.clusters; ++k) {
      double square = 0, along = 0;
      for (Index c = 0; c < width(); ++c) {
        auto x = static_cast<double>(matrix(to)(k, c));
        if (turned()) x = frame_.out(x, c);
        square += x * x;
        along += x * (static_cast<double>(total_sums_[k * width() + c]) * at_.quantum);
      }
      objective += static_cast<double>(to.counts[static_cast<std::size_t>(k)]) * square - 2 * along;
    }
    step.objective = std::max(objective, 0.0) / (frame_.scale * frame_.scale);
    return step;
  }
  MatrixView<Index, D> sums() {
    return {sums_.data(), static_cast<Index>(counts_.size()), width()};
  }
  /// The sums and counts of all ranks, from this rank's.
  void add_ranks(Clusters<D>& to) {
    to.counts = counts_;
    total_sums_.resize(sums_.size());
    std::copy(sums_.begin(), sums_.end(), total_sums_.begin());
    if (ranks().size() == 1) return;
    ranks().sum(to.counts.data(), to.clusters, Number::integer);
    ranks().sum(total_sums_.data(), total_sums_.size(), Number::integer);
  }

  Index split_and_move(Clusters<D>& to, Vector<Index, D> labels, const Random& random) {
    Index splits = 0, drawn = 0;
    for (Index k = 0; k < to.clusters; ++k) {
      if (to.counts[static_cast<std::size_t>(k)] > 0) continue;
      const Index j = split_at_random(matrix(to), k, to.counts, random, drawn);
      if (j < 0) break;
      ++splits;
      const MatrixView<R, Inner> pair(to.numbers.data(), to.clusters, to.width);
      each([&](Index first, In<D> x, In<Inner> y) {
        const Vector<Index, D> now = labels.part(first, x.rows);
        before_.assign(now.begin(), now.end());
        std::vector<double> squares[2] = {std::vector<double>(before_.size()),
                                          std::vector<double>(before_.size())};
        for (const Index side : {0, 1}) {
          const std::vector<Index> all(before_.size(), side == 0 ? std::min(j, k) : std::max(j, k));
          squared_distances(inner(), y, pair, view<Inner>(all), view<Inner>(squares[side]));
        }
        for (Index i = 0; i < now.size; ++i) {
          const auto n = static_cast<std::size_t>(i);
          if (now[i] == j) now[i] = squares[1][n] < squares[0][n] ? std::max(j, k) : std::min(j, k);
        }
        move(x, y, view<D>(std::as_const(before_)), now);
      });
      add_ranks(to);
    }
    return splits;
  }

  /// Each empty cluster takes the row farthest from its centroid: labels, sums and counts follow.
  Index take_farthest(Clusters<D>& to, Vector<Index, D> labels) {
    std::vector<double> squares(static_cast<std::size_t>(rows()));
    std::vector<R> numbers = turned() ? outside(to) : to.numbers;
    each([&](Index first, In<D> x, In<Inner> y) {
      const Vector<Index, D> now = labels.part(first, x.rows);
      double* const at = squares.data() + first;
      if (turned())
        squared_distances(device(), x, Matrix{numbers.data(), to.clusters, to.width}, now,
                          Vector<double, D>{at, x.rows});
      else
        squared_distances(inner(), y, MatrixView<R, Inner>(numbers.data(), to.clusters, to.width),
                          Vector<const Index, Inner>{now.data, now.size},
                          Vector<double, Inner>{at, x.rows});
    });
    std::vector<Index> counts = to.counts, next(labels.begin(), labels.end());
    Index taken = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      if (counts[k] > 0) continue;
      double top = -1;
      Index row = -1;
      for (std::size_t i = 0; i < squares.size(); ++i)
        if (squares[i] > top && counts[static_cast<std::size_t>(next[i])] >= 2)
          top = squares[i], row = static_cast<Index>(i);
      double first = top;
      Index owner = row < 0 ? -total() : -(source_.before() + row);  // the lowest row of equals
      if (ranks().size() > 1) {
        ranks().max(&first, 1, Number::real64);
        if (top < first) owner = -total();
        ranks().max(&owner, 1, Number::integer);
      }
      if (first < 0) break;
      Index donor = 0;
      if (row >= 0 && -owner == source_.before() + row) {
        donor = next[static_cast<std::size_t>(row)];
        next[static_cast<std::size_t>(row)] = static_cast<Index>(k);
        squares[static_cast<std::size_t>(row)] = -2;  // taken
      }
      if (ranks().size() > 1) ranks().max(&donor, 1, Number::integer);
      --counts[static_cast<std::size_t>(donor)];
      ++counts[k];
      ++taken;
    }
    each([&](Index first, In<D> x, In<Inner> y) {
      move(x, y, labels.part(first, x.rows), {next.data() + first, x.rows});
    });
    std::copy(next.begin(), next.end(), labels.begin());
    add_ranks(to);
    return taken;
  }

  const Pass<D>& pass_;
  const Numbers& numbers_;
  Random random_;
  RowSource<D, Blocks> source_;
  double squares_ = 0;              ///< sum_n |x_n|^2 of all ranks
  bool equal_ = true;               ///< whether all rows are
  std::vector<double> low_, high_;  ///< the range of each column, of all ranks
  Frame frame_;
  Buffer<R> framed_;                 ///< a piece of the rows in the frame
  std::vector<double> framed_rows_;  ///< their squares
  double framed_squares_ = 0;        ///< sum_n |y_n|^2 of all ranks; negative before it is known
  std::vector<double> mean_;
  FixedPoint at_;
  Buffer<Index> sums_, total_sums_;  ///< of this rank's clusters, of all ranks'
  std::vector<Index> counts_, before_;
};

}  // namespace selfsame::detail
