/// @file
/// An observer that says what collapses, and what to turn.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/eval/collapse.hpp>
#include <selfsame/kernel/cpu/finite.hpp>

#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

namespace selfsame {

/// What is wrong, the number that shows it, and what to turn first.
struct Diagnosis {
  std::string name;  ///< "one point", "few dimensions", "uniform codes", ...
  std::string seen;
  std::string knob;
};

/// From where on something is called a collapse.
struct CollapseLimits {
  Index every = 50;          ///< steps between two looks
  Index patience = 2;        ///< looks in a row that must agree
  double deviation = 0.05;   ///< of unit rows, as a share of 1 / sqrt(D), an even spread's
  double dimensions = 2;     ///< effective rank
  double peak = 1.5;         ///< mean of the largest code of a row, times their number; 1: uniform
  double prototypes = 0.05;  ///< that are some row's largest code, as a share of how many could be
  double at_log_k = 0.01;    ///< relative distance of the loss from ln K
};

/// Watches a learner, every so many steps, and tells of each collapse once:
///
///     learner.fit(loader, CollapseDoctor(learner));
///
/// It looks at what the report shows, "embeddings" and "codes", and at the learner's target:
///
///     not finite        the loss, an embedding, a code or a weight is NaN or infinite: told at the first look
///     one point         the deviation of unit rows is below its limit
///     few dimensions    their effective rank is
///     uniform codes     the largest code of a row is hardly larger than 1 / K
///     few prototypes    hardly any prototype is anybody's largest code
///     loss at ln K      where there are codes
///     target is online  the gap |target - online| / |online| is 0: nothing follows
///     target is still   the target does not move
///
/// A look takes O(N D^2 + D^3) time of the shown rows (N, D), and one pass over the weights.
/// @see Jing et al. 2022, arXiv:2110.09348, of dimensions; Caron et al. 2020's README, of codes
template <class Learner>
class CollapseDoctor {
 public:
  using Tell = std::function<void(const Progress&, const Diagnosis&)>;

  /// @param tell  gets each diagnosis; by default a line on stderr
  explicit CollapseDoctor(Learner& learner, const CollapseLimits& limits = {}, Tell tell = print)
      : learner_(&learner), limits_(limits), tell_(std::move(tell)) {}

  template <class D>
  void operator()(const Progress& progress, const Report<D>& report) {
    if ((progress.step + 1) % limits_.every != 0) return;
    const In<D> rows = shown(report, "embeddings"), codes = shown(report, "codes");
    const std::string odd = not_finite<D>(report);
    if (!odd.empty()) looks_["not finite"] = limits_.patience - 1;  // it does not heal
    judge(progress, !odd.empty(), "not finite", odd + " is not finite",
          "Lower the rate, or let it warm up.");
    if (!odd.empty()) return;  // nothing else can be said of such numbers
    if (rows.rows > 1) look_at_embeddings<D>(progress, rows);
    if (codes.rows > 0) look_at_codes<D>(progress, codes, static_cast<double>(report.value));
    look_at_target(progress);
  }

  static void print(const Progress& progress, const Diagnosis& d) {
    std::fprintf(stderr, "step %td: collapse, %s: %s. %s\n", progress.step + 1, d.name.c_str(),
                 d.seen.c_str(), d.knob.c_str());
  }

 private:
  template <class D>
  static In<D> shown(const Report<D>& report, std::string_view name) {
    for (const auto& [which, rows] : report.shown)
      if (which == name) return rows;
    return {};
  }
  static std::string text(double x) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.3g", x);
    return digits;
  }
  void judge(const Progress& progress, bool ill, const char* name, const std::string& seen,
             const char* knob) {
    Index& looks = looks_[name];
    looks = ill ? looks + 1 : 0;
    if (looks == limits_.patience && !told_[name]) {
      told_[name] = true;
      tell_(progress, {name, seen, knob});
    }
  }

  // What is not finite; empty: all is.
  template <class D>
  std::string not_finite(const Report<D>& report) {
    if (!std::isfinite(report.value)) return "the loss";
    for (const auto& [name, rows] : report.shown)
      if (const Index odd = first_not_finite(D{}, scratch_, rows); odd >= 0)
        return "row " + std::to_string(odd / rows.cols) + " of the " + std::string(name);
    auto& state = learner_->state();
    if constexpr (requires { state.target.parameters.all; }) {
      const auto odd = [&](const auto& weights) {
        return first_not_finite(D{}, scratch_, Vector<const Real<D>, D>(weights)) >= 0;
      };
      if (state.target.parameters.all.size > 0) {
        if (odd(state.online.parameters.all)) return "an online weight";
        if (odd(state.target.parameters.all)) return "a weight of the target";
      }
    }
    return "";
  }
  template <class D>
  void look_at_embeddings(const Progress& progress, In<D> rows) {
    const Collapse c = collapse(D{}, scratch_, rows);
    const double share = c.deviation * std::sqrt(static_cast<double>(rows.cols));
    judge(progress, share < limits_.deviation, "one point",
          "unit rows deviate by " + text(share) + " of what an even spread would",
          "With a target and a predictor: a momentum nearer to 1, norms in both heads. With codes: "
          "a smaller epsilon, longer frozen prototypes. Else a loss with negatives or with "
          "variance.");
    judge(progress, share >= limits_.deviation && c.effective_rank < limits_.dimensions,
          "few dimensions",
          "the embeddings have an effective rank of " + text(c.effective_rank) + " of " +
              std::to_string(rows.cols),
          "Stronger views, a larger batch, a head with norms, or a covariance term.");
  }
  template <class D>
  void look_at_codes(const Progress& progress, In<D> codes, double value) {
    std::vector<char> used(static_cast<std::size_t>(codes.cols));
    double peaks = 0;
    for (Index r = 0; r < codes.rows; ++r) {
      const auto* row = codes.row(r);
      const Index top = std::max_element(row, row + codes.cols) - row;
      used[static_cast<std::size_t>(top)] = 1;
      peaks += static_cast<double>(row[top]) * static_cast<double>(codes.cols);
    }
    const double peak = peaks / static_cast<double>(codes.rows);
    const double share = static_cast<double>(std::count(used.begin(), used.end(), char{1})) /
                         static_cast<double>(std::min(codes.cols, codes.rows));
    const double log_k = std::log(static_cast<double>(codes.cols));
    const bool uniform = codes.cols > 1 && peak < limits_.peak;
    judge(progress, uniform, "uniform codes",
          "the largest code of a row is " + text(peak) + " / K in the mean",
          "A smaller assigner.epsilon (0.03), longer prototypes.frozen_steps, milder crops.");
    judge(progress, !uniform && share < limits_.prototypes, "few prototypes",
          "the largest codes are those of " + text(100 * share) +
              " % of the prototypes that could be",
          "An assigner that shares them out (Sinkhorn), more of its iterations, or a queue.");
    judge(progress, std::abs(value - log_k) < limits_.at_log_k * log_k, "loss at ln K",
          "the loss is " + text(value) + ", ln K " + text(log_k),
          "Longer prototypes.frozen_steps, a smaller assigner.epsilon, a head without norms.");
  }
  void look_at_target(const Progress& progress) {
    auto& state = learner_->state();
    if constexpr (requires { state.target.parameters.all; }) {
      const auto target = state.target.parameters.all;
      if (target.size == 0) return;
      double apart = 0, size = 0, print = 0;
      for (Index i = 0; i < target.size; ++i) {
        const double o = static_cast<double>(state.online.parameters.all[i]);
        const double t = static_cast<double>(target[i]);
        apart += (t - o) * (t - o), size += o * o, print += t * static_cast<double>(i % 97 + 1);
      }
      const double gap = size > 0 ? std::sqrt(apart / size) : 0;
      judge(progress, gap == 0, "target is online", "the target equals the online weights",
            "target.momentum is 0, or the rate is: nothing follows.");
      judge(progress, gap > 0 && print == last_print_, "target is still",
            "the target has not moved, its gap is " + text(gap),
            "target.momentum is 1, or so near that the numbers' precision ends.");
      last_print_ = print;
    }
  }

  Learner* learner_;
  CollapseLimits limits_;
  Tell tell_;
  Workspace scratch_;
  std::map<std::string, Index> looks_;
  std::map<std::string, bool> told_;
  double last_print_ = std::nan("");
};

}  // namespace selfsame
