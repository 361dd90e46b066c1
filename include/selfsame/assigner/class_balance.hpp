/// @file
/// Which of many labelled images are kept, and how often, so that classes come out alike.
#pragma once
#include <selfsame/assigner/detail/confidence_grid.hpp>
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/pass.hpp>

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace selfsame {

/// What class c came to, on all ranks.
struct ClassShare {
  double threshold = 0;  ///< theta_c: confidences from here on are kept
  Index images = 0;      ///< n, how many they are
  double copies = 0;     ///< rho, how often each is written on average; 0 where there are none
};

struct BalanceReport {
  enum class Status {
    balanced,
    classes_missing,  ///< some classes have no image; nobody can write copies of them
    empty             ///< nothing is sure enough: train on labels alone
  };
  Status status = Status::empty;
  bool floor_holds = true;  ///< false where every confidence of so few classes reaches the floor
  Index items = 0;          ///< copies on all ranks
  std::vector<ClassShare> classes{};
};

/// Filters by confidence and balances classes, by what the teacher says: theta_c is the largest of
/// 1, 0.99, ..., floor at or above which class c has at least `per_class` images, else the floor;
/// each of its n_c images at or above theta_c is written floor(rho_c) times and once more with
/// probability rho_c - floor(rho_c), rho_c = per_class / n_c.
///
/// A confidence is compared in its own type, with the point of the grid rounded to it. The draw is
/// a function of seed and sample, so shards, ranks and order do not matter. Of equals that are
/// ranked the lowest sample comes first.
///
/// @see Xie et al. 2020, arXiv:1911.04252, section 3.1; the released code for the grid
struct ClassBalance {
  enum class Rule {
    grid,  ///< the released code: as above
    top,   ///< the paper's words: the per_class surest, in turn again if there are fewer
    none   ///< each image at or above the floor once
  };
  Fraction floor = 0.3;      ///< inclusive; a multiple of 0.01
  Count per_class = 130000;  ///< ImageNet and JFT; 53113 for SVHN
  Rule rule = Rule::grid;
  bool upsample = true;  ///< false: no image is written twice

  /// @param labels       (N), in [-1, classes); -1 is dropped
  /// @param confidences  (N), in [0, 1] where there is a label; a rounding more than 1 is 1
  /// @param samples      (N) numbers of the images in the data set, distinct over all ranks
  /// @param copies       (N), overwritten
  /// @throws std::invalid_argument  where sizes, labels, confidences or the floor are not as said
  template <class D>
  BalanceReport operator()(const Pass<D>& pass, Index classes, Vector<const Index, D> labels,
                           Vector<const Real<D>, D> confidences, Vector<const Index, D> samples,
                           Vector<Index, D> copies) const {
    check(classes, labels, confidences.size, samples.size, copies.size);
    for (Index i = 0; i < labels.size; ++i)
      if (labels[i] >= 0 && !(confidences[i] >= 0 && confidences[i] <= Real<D>(1.001)))
        throw std::invalid_argument("selfsame: confidence " + std::to_string(i) + " is " +
                                    std::to_string(confidences[i]) +
                                    "; that of an image with a label must be in [0, 1]");
    const detail::ConfidenceGrid grid(floor);
    BalanceReport report;
    report.floor_holds = !(1 / static_cast<double>(classes) >= floor);
    report.classes.resize(static_cast<std::size_t>(classes));
    if (rule == Rule::top)
      take_surest<D>(pass, grid, labels, confidences, samples, copies, report);
    else
      take_from_threshold<D>(pass, grid, labels, confidences, samples, copies, report);
    for (const Index n : copies) report.items += n;
    report.items = pass.total(report.items);
    Index missing = 0;
    for (const ClassShare& c : report.classes) missing += c.images == 0;
    report.status = missing == classes ? BalanceReport::Status::empty
                    : missing > 0      ? BalanceReport::Status::classes_missing
                                       : BalanceReport::Status::balanced;
    return report;
  }

 private:
  double share(Index images) const {
    if (images == 0) return 0;
    const double rho = static_cast<double>(per_class.value) / static_cast<double>(images);
    return upsample ? rho : std::min(rho, 1.0);
  }

  template <class D>
  void take_from_threshold(const Pass<D>& pass, const detail::ConfidenceGrid& grid,
                           Vector<const Index, D> labels, Vector<const Real<D>, D> confidences,
                           Vector<const Index, D> samples, Vector<Index, D> copies,
                           BalanceReport& report) const {
    constexpr Index points = detail::ConfidenceGrid::points;
    const auto classes = static_cast<Index>(report.classes.size());
    std::vector<Index> counts(static_cast<std::size_t>(classes * points));
    const auto point_of = [&](Index i) {
      return labels[i] < 0 ? -1 : grid.point(confidences[i]);  // -1 is below the floor
    };
    for (Index i = 0; i < labels.size; ++i)
      if (const Index point = point_of(i); point >= 0)
        ++counts[static_cast<std::size_t>(labels[i] * points + point)];
    pass.ranks->sum(counts.data(), classes * points, Number::integer);
    std::vector<Index> lowest(static_cast<std::size_t>(classes), grid.floor());
    for (Index c = 0; c < classes; ++c) {
      ClassShare& mine = report.classes[static_cast<std::size_t>(c)];
      Index point = points;
      do {
        mine.images += counts[static_cast<std::size_t>(c * points + --point)];
      } while (point > grid.floor() && (rule == Rule::none || mine.images < per_class));
      lowest[static_cast<std::size_t>(c)] = point;
      mine.threshold = static_cast<double>(point) / 100;
      mine.copies = rule == Rule::none ? static_cast<double>(mine.images > 0) : share(mine.images);
    }
    for (Index i = 0; i < labels.size; ++i) {
      const Index point = point_of(i);
      copies[i] = 0;
      if (point < 0 || point < lowest[static_cast<std::size_t>(labels[i])]) continue;
      const double rho = report.classes[static_cast<std::size_t>(labels[i])].copies;
      const double whole = std::floor(rho);
      const Random random(pass.seed, Stream::assigner, pass.path, Key{{samples[i], 0}, 0, 0});
      copies[i] = static_cast<Index>(whole) + random.chance(0, rho - whole);
    }
  }

  template <class D>
  void take_surest(const Pass<D>& pass, const detail::ConfidenceGrid& grid,
                   Vector<const Index, D> labels, Vector<const Real<D>, D> confidences,
                   Vector<const Index, D> samples, Vector<Index, D> copies,
                   BalanceReport& report) const {
    std::vector<Index> mine(static_cast<std::size_t>(labels.size), -1);  // label, or not kept
    std::vector<double> sure(mine.size());
    for (Index i = 0; i < labels.size; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (labels[i] < 0 || grid.point(confidences[i]) < 0) continue;
      mine[at] = labels[i];
      sure[at] = static_cast<double>(confidences[i]);
    }
    const std::vector<Index> ids(samples.begin(), samples.end());
    Index first = 0;
    const auto all_labels = detail::gathered(*pass.ranks, mine, first);
    const auto all_sure = detail::gathered(*pass.ranks, sure, first);
    const auto all_ids = detail::gathered(*pass.ranks, ids, first);
    std::vector<std::size_t> order(all_labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tuple(all_labels[a], -all_sure[a], all_ids[a]) <
             std::tuple(all_labels[b], -all_sure[b], all_ids[b]);
    });
    std::fill(copies.begin(), copies.end(), Index{0});
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
      const Index c = all_labels[order[from]];
      while (to < order.size() && all_labels[order[to]] == c) ++to;
      if (c < 0) continue;
      const Index taken = std::min<Index>(static_cast<Index>(to - from), per_class);
      const Index items = upsample ? per_class.value : taken;
      ClassShare& share_of = report.classes[static_cast<std::size_t>(c)];
      share_of = {all_sure[order[from + static_cast<std::size_t>(taken) - 1]], taken, share(taken)};
      for (Index k = 0; k < taken; ++k) {
        const Index i = static_cast<Index>(order[from + static_cast<std::size_t>(k)]) - first;
        if (i >= 0 && i < copies.size) copies[i] = items / taken + (k < items % taken);
      }
    }
  }

  template <class V>
  static void check(Index classes, const V& labels, Index confidences, Index samples,
                    Index copies) {
    if (labels.size != confidences || labels.size != samples || labels.size != copies)
      throw std::invalid_argument("selfsame: " + std::to_string(labels.size) + " labels, " +
                                  std::to_string(confidences) + " confidences, " +
                                  std::to_string(samples) + " samples and " +
                                  std::to_string(copies) + " numbers of copies; they must agree");
    for (Index i = 0; i < labels.size; ++i)
      if (labels[i] < -1 || labels[i] >= classes)
        throw std::invalid_argument("selfsame: label " + std::to_string(i) + " is " +
                                    std::to_string(labels[i]) + ", classes are " +
                                    std::to_string(classes));
  }
};

/// The same for a trainer of your own: one process, a seed.
template <Device D>
BalanceReport balance_classes(const D& device, Index classes, Vector<const Index, D> labels,
                              Vector<const Real<D>, D> confidences, Vector<const Index, D> samples,
                              Vector<Index, D> copies, std::uint64_t seed,
                              const ClassBalance& numbers = {}) {
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device;
  pass.workspace = &scratch;
  pass.seed = seed;
  return numbers(pass, classes, labels, confidences, samples, copies);
}

}  // namespace selfsame
