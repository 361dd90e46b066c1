// Losses of views on memory of a test's own: value and gradients.
#pragma once
#include <selfsame/loss/view_loss.hpp>
#include <selfsame/testing/gradient_check.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

#include <vector>

namespace selfsame::testing {

template <class D>
struct ViewResult {
  double value = 0;
  std::vector<std::vector<double>> gradients;  ///< one a view
};

/// Rows [first, first + count) of each view, as this rank's.
template <class D, class Loss>
ViewResult<D> on_views(const Loss& loss, const std::vector<std::vector<double>>& views, Index cols,
                       Communicator& ranks = single_process(), Index first = 0, Index count = -1) {
  const D device;
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
  if (count < 0) count = static_cast<Index>(views[0].size()) / cols;
  std::vector<Rows<D>> rows, gradients;
  for (const auto& v : views) {
    rows.emplace_back(count, cols), gradients.emplace_back(count, cols);
    for (Index i = 0; i < count * cols; ++i) {
      rows.back().data[i] =
          static_cast<Activation<D>>(v[static_cast<std::size_t>(first * cols + i)]);
      gradients.back().data[i] = 0;
    }
  }
  std::vector<Differentiable<D>> differentiable;
  for (std::size_t v = 0; v < views.size(); ++v)
    differentiable.push_back({rows[v].in(), gradients[v].out(), 1, true});
  ViewResult<D> result;
  result.value =
      static_cast<double>(loss(pass, std::span<const Differentiable<D>>(differentiable)));
  for (auto& g : gradients) result.gradients.emplace_back(g.data.begin(), g.data.end());
  return result;
}

/// Views of a formula.
inline std::vector<std::vector<double>> formula_views(std::size_t views, Index rows, Index cols) {
  std::vector<std::vector<double>> all(views);
  for (std::size_t v = 0; v < views; ++v)
    for (Index i = 0; i < rows * cols; ++i)
      all[v].push_back(std::sin(1 + 0.7 * static_cast<double>(i)) +
                       0.3 * std::cos(2.3 * static_cast<double>(i) + 3 * static_cast<double>(v)));
  return all;
}

/// The laws of a loss of views, beside the golden numbers of lightly.
template <class Loss>
void check_view_loss(const Loss& loss, const std::string& file) {
  using D = BasicCpu<double>;
  const Golden golden = Golden::read(file);
  const std::vector<std::vector<double>> views{golden["first"].values, golden["second"].values};
  const Index cols = golden["first"].cols;
  const auto check = [&](const auto& result, double bound) {
    CHECK(std::abs(result.value / golden["value"].values[0] - 1) < bound);
    for (std::size_t v = 0; v < 2; ++v)
      for (std::size_t i = 0; i < views[v].size(); ++i)
        CHECK(std::abs(result.gradients[v][i] -
                       golden[v == 0 ? "first_gradient" : "second_gradient"].values[i]) < bound);
  };
  check(on_views<D>(loss, views, cols), 1e-11);
  check(on_views<Cpu>(loss, views, cols), 2e-5);

  auto three = formula_views(3, 7, 4);
  const auto result = on_views<D>(loss, three, 4);
  double worst = 0;
  for (std::size_t v = 0; v < 3; ++v)
    for (std::size_t i = 0; i < three[v].size(); ++i) {
      const double x = three[v][i], h = 1e-5;
      three[v][i] = x + h;
      const double up = on_views<D>(loss, three, 4).value;
      three[v][i] = x - h;
      const double down = on_views<D>(loss, three, 4).value;
      three[v][i] = x;
      worst = std::max(worst, std::abs((up - down) / (2 * h) - result.gradients[v][i]));
    }
  CHECK(worst < 1e-6);

  for (const Index ranks : {2, 4}) {
    const auto whole = formula_views(2, 8, 4);
    const auto one = on_views<D>(loss, whole, 4);
    VirtualRanks(ranks).run([&](Communicator& rank) {
      const Index each = 8 / ranks, first = rank.rank() * each;
      const auto mine = on_views<D>(loss, whole, 4, rank, first, each);
      CHECK(std::abs(mine.value - one.value) < 1e-10);
      for (std::size_t v = 0; v < 2; ++v)
        for (Index i = 0; i < each * 4; ++i)
          CHECK(std::abs(mine.gradients[v][static_cast<std::size_t>(i)] -
                         one.gradients[v][static_cast<std::size_t>(first * 4 + i)]) < 1e-10);
    });
  }
  auto odd = formula_views(2, 5, 3);
  odd[1][4] = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(on_views<D>(loss, odd, 3).value));
}

}  // namespace selfsame::testing
