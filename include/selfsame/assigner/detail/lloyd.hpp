/// @file
/// Lloyd's iterations over rows in blocks, on one or several ranks.
#pragma once
#include <selfsame/assigner/clusters.hpp>
#include <selfsame/assigner/detail/empty_clusters.hpp>
#include <selfsame/assigner/detail/first_centroids.hpp>
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

 public:
  Lloyd(const Pass<D>& pass, Blocks& blocks, const Numbers& numbers, const Random& random)
      : pass_(pass), numbers_(numbers), random_(random), source_(pass, blocks) {}

  /// The first look at the rows: how many there are, how large, whether they differ.
  void survey() {
    std::vector<double> squares, low, high;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    source_.each([&](Index, In<D> x) {
      if (low.empty()) {
        low.assign(static_cast<std::size_t>(x.cols), infinity);
        high.assign(static_cast<std::size_t>(x.cols), -infinity);
      }
      squares.resize(static_cast<std::size_t>(x.rows));
      survey_rows(device(), scratch(), x, view<D>(squares), view<D>(low), view<D>(high));
      for (const double s : squares) squares_ += s;
    });
    const auto width = static_cast<std::size_t>(source_.width());
    low.resize(width, infinity), high.resize(width, -infinity);
    for (double& x : low) x = -x;
    if (ranks().size() > 1) {
      ranks().sum(&squares_, 1, Number::real64);
      ranks().max(low.data(), source_.width(), Number::real64);
      ranks().max(high.data(), source_.width(), Number::real64);
    }
    double largest = 0;
    for (std::size_t c = 0; c < width; ++c) {
      equal_ = equal_ && -low[c] == high[c];
      largest = std::max({largest, low[c], high[c]});
    }
    at_ = FixedPoint::of(largest, source_.total());
  }

  Index rows() const { return source_.rows(); }
  Index total() const { return source_.total(); }
  Index width() const { return source_.width(); }
  bool finite() const { return std::isfinite(squares_); }
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
  void run(Index start, Clusters<D>& to, Vector<Index, D> labels) {
    const Index clusters = to.clusters;
    const Nearness nearness =
        numbers_.spherical == Spherical::yes ? Nearness::dot : Nearness::distance;
    NearestCentroids<R, Activation<D>> nearest(rows(), clusters, width(), numbers_.bounds);
    sums_.assign(clusters * width(), 0);
    counts_.assign(static_cast<std::size_t>(clusters), 0);
    std::fill(labels.begin(), labels.end(), Index{-1});
    to.steps.clear();
    normalise(matrix(to));
    for (Index t = 0; t < numbers_.iterations; ++t) {
      KMeansStep step = assign(nearest, nearness, to, labels);
      const Random random = random_.at("split")
                                .at(static_cast<std::uint64_t>(start))
                                .at(static_cast<std::uint64_t>(t));
      step.empties = std::count(to.counts.begin(), to.counts.end(), Index{0});
      if (step.empties > 0 && numbers_.empties == Empties::farthest)
        step.splits = take_farthest(to, labels);
      const Matrix centroids = matrix(to);
      for (Index k = 0; k < clusters; ++k)
        if (const Index n = to.counts[static_cast<std::size_t>(k)]; n > 0)
          for (Index c = 0; c < width(); ++c)
            centroids(k, c) = static_cast<R>(static_cast<double>(total_sums_[k * width() + c]) *
                                             at_.quantum / static_cast<double>(n));
      normalise(centroids);
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
      to.objective = assign(nearest, nearness, to, labels).objective;
  }

 private:
  const D& device() const { return *pass_.device; }
  Workspace& scratch() const { return *pass_.workspace; }
  Communicator& ranks() const { return *pass_.ranks; }
  static Matrix matrix(Clusters<D>& c) { return {c.numbers.data(), c.clusters, c.width}; }

  /// Centroids of unit length, where they must have it; a zero one stays.
  void normalise(Matrix centroids) const {
    if (numbers_.spherical == Spherical::no) return;
    for (Index k = 0; k < centroids.rows; ++k) {
      double square = 0;
      for (Index c = 0; c < centroids.cols; ++c)
        square += static_cast<double>(centroids(k, c)) * static_cast<double>(centroids(k, c));
      for (Index c = 0; c < centroids.cols && square > 0; ++c)
        centroids(k, c) = static_cast<R>(static_cast<double>(centroids(k, c)) / std::sqrt(square));
    }
  }

  /// One assignment: labels, then sums and counts of all ranks' clusters.
  KMeansStep assign(NearestCentroids<R, Activation<D>>& nearest, Nearness nearness, Clusters<D>& to,
                    Vector<Index, D> labels) {
    KMeansStep step;
    nearest.move(device(), scratch(), to.centroids(), nearness);
    source_.each([&](Index first, In<D> x) {
      const Vector<Index, D> now = labels.part(first, x.rows);
      before_.assign(now.begin(), now.end());
      step.distances += static_cast<double>(nearest.search(device(), scratch(), x, first, now));
      step.moved += move_members(device(), x, view<D>(std::as_const(before_)), now, at_, sums(),
                                 view<D>(counts_));
    });
    step.moved = pass_.total(step.moved);
    add_ranks(to);
    // sum_n |x_n - c|^2 = sum_n |x_n|^2 + sum_k (n_k |c_k|^2 - 2 c_k . S_k)
    double objective = squares_;
    for (Index k = 0; k < to.clusters; ++k) {
      double square = 0, along = 0;
      for (Index c = 0; c < width(); ++c) {
        const auto x = static_cast<double>(matrix(to)(k, c));
        square += x * x;
        along += x * (static_cast<double>(total_sums_[k * width() + c]) * at_.quantum);
      }
      objective += static_cast<double>(to.counts[static_cast<std::size_t>(k)]) * square - 2 * along;
    }
    step.objective = std::max(objective, 0.0);
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
      const Matrix pair = matrix(to);
      source_.each([&](Index first, In<D> x) {
        const Vector<Index, D> now = labels.part(first, x.rows);
        before_.assign(now.begin(), now.end());
        std::vector<double> squares[2] = {std::vector<double>(before_.size()),
                                          std::vector<double>(before_.size())};
        for (const Index side : {0, 1}) {
          const std::vector<Index> all(before_.size(), side == 0 ? std::min(j, k) : std::max(j, k));
          squared_distances(device(), x, pair, view<D>(all), view<D>(squares[side]));
        }
        for (Index i = 0; i < now.size; ++i) {
          const auto n = static_cast<std::size_t>(i);
          if (now[i] == j) now[i] = squares[1][n] < squares[0][n] ? std::max(j, k) : std::min(j, k);
        }
        move_members(device(), x, view<D>(std::as_const(before_)), now, at_, sums(),
                     view<D>(counts_));
      });
      add_ranks(to);
    }
    return splits;
  }

  /// Each empty cluster takes the row farthest from its centroid: labels, sums and counts follow.
  Index take_farthest(Clusters<D>& to, Vector<Index, D> labels) {
    std::vector<double> squares(static_cast<std::size_t>(rows()));
    source_.each([&](Index first, In<D> x) {
      squared_distances(device(), x, matrix(to), labels.part(first, x.rows),
                        Vector<double, D>{squares.data() + first, x.rows});
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
    source_.each([&](Index first, In<D> x) {
      const Vector<const Index, D> now{next.data() + first, x.rows};
      move_members(device(), x, labels.part(first, x.rows), now, at_, sums(), view<D>(counts_));
    });
    std::copy(next.begin(), next.end(), labels.begin());
    add_ranks(to);
    return taken;
  }

  const Pass<D>& pass_;
  const Numbers& numbers_;
  Random random_;
  RowSource<D, Blocks> source_;
  double squares_ = 0;  ///< sum_n |x_n|^2 of all ranks
  bool equal_ = true;   ///< whether all rows are
  FixedPoint at_;
  Buffer<Index> sums_, total_sums_;  ///< of this rank's clusters, of all ranks'
  std::vector<Index> counts_, before_;
};

}  // namespace selfsame::detail
