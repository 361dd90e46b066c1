/// @file
/// A loss against memory banks, summed over the ordered pairs of a graph of views.
#pragma once
#include <selfsame/loss/noise_contrastive.hpp>

#include <span>

namespace selfsame {

/// A loss of anchors against a bank: loss(pass, anchors, bank, picks), or, where it needs log(Z /
/// n), loss(pass, anchors, bank, picks, log_mean).
template <class L, class D>
concept BankLoss =
    Policy<L> && (
                     requires(const L loss, const Pass<D>& pass, Differentiable<D> anchors,
                              In<D> bank, const OwnNegatives<D>& picks) {
                       { loss(pass, anchors, bank, picks) } -> std::same_as<Real<D>>;
                     } ||
                     requires(const L loss, const Pass<D>& pass, Differentiable<D> anchors,
                              In<D> bank, const OwnNegatives<D>& picks, Real<D> log_mean) {
                       { loss(pass, anchors, bank, picks, log_mean) } -> std::same_as<Real<D>>;
                     });

/// A loss that compares with noise asks for log(Z / n) of each ordered pair.
template <class L, class D>
concept Partitioned = requires(const L loss, const Pass<D>& pass, In<D> rows,
                               const OwnNegatives<D>& picks, Real<D> before) {
  { loss.log_mean(pass, rows, rows, picks, before) } -> std::same_as<Real<D>>;
};

namespace detail {
/// Views that are there; one without numbers is missing.
template <class D, class F>
void each_present_pair(const auto& graph, std::span<const Differentiable<D>> views, F&& f) {
  graph.each_pair(static_cast<Index>(views.size()), [&](Index anchor, Index bank) {
    const auto present = [&](Index v) {
      return views[static_cast<std::size_t>(v)].value.data != nullptr;
    };
    if (present(anchor) && present(bank)) f(anchor, bank);
  });
}
}  // namespace detail

/// sum over the graph's ordered pairs (a, b) of loss(anchors of view a, bank of view b); the
/// gradient of a view is the sum over its pairs as an anchor, and zero where it has none.
///
/// @param graph      CoreView or FullGraph: graph.each_pair(views, f)
/// @param views      (B, D) each; a view whose value is null is missing: its pairs are dropped
/// @param banks      (n, D) each, as many
/// @param picks      one for all pairs: OwnNegatives or SharedNegatives
/// @param log_means  (views, views), at (a, b); empty where the loss needs none
template <class D, class L, class Picks>
Real<D> contrast_views(const Pass<D>& pass, const L& loss, const auto& graph,
                       std::type_identity_t<std::span<const Differentiable<D>>> views,
                       std::type_identity_t<std::span<const In<D>>> banks, const Picks& picks,
                       std::type_identity_t<MatrixView<const Real<D>, D>> log_means) {
  static_assert(
      BankLoss<L, D>,
      "selfsame: a loss of views against banks needs loss(pass, anchors, bank, picks), or "
      "log_mean() and a fifth argument, see BankLoss");
  assert(banks.size() == views.size());
  double value = 0;
  for (std::size_t v = 0; v < views.size(); ++v) {
    if (views[v].value.data == nullptr) continue;
    Differentiable<D> anchors = views[v];
    bool alone = true;
    detail::each_present_pair<D>(graph, views, [&](Index a, Index b) {
      if (a != static_cast<Index>(v)) return;
      const In<D> bank = banks[static_cast<std::size_t>(b)];
      if constexpr (Partitioned<L, D>)
        value += static_cast<double>(loss(pass, anchors, bank, picks, log_means(a, b)));
      else
        value += static_cast<double>(loss(pass, anchors, bank, picks));
      anchors = anchors.added(anchors.weight);  // further pairs of this view
      alone = false;
    });
    if (alone)
      for (Index i = 0; i < anchors.value.rows; ++i)
        for (Index c = 0; c < anchors.value.cols; ++c) anchors.put(i, c, 0);
  }
  return static_cast<Real<D>>(value);
}

/// log(Z / n) of each ordered pair for this step, from those of the step before.
/// @param log_means  (views, views), -infinity before a pair's first step; entries of pairs change
template <class D, class L, class Picks>
  requires Partitioned<L, D>
void follow_log_means(const Pass<D>& pass, const L& loss, const auto& graph,
                      std::type_identity_t<std::span<const Differentiable<D>>> views,
                      std::type_identity_t<std::span<const In<D>>> banks, const Picks& picks,
                      std::type_identity_t<MatrixView<Real<D>, D>> log_means) {
  detail::each_present_pair<D>(graph, views, [&](Index a, Index b) {
    log_means(a, b) =
        loss.log_mean(pass, views[static_cast<std::size_t>(a)].value,
                      banks[static_cast<std::size_t>(b)], picks, Real<D>(log_means(a, b)));
  });
}

}  // namespace selfsame
