/// @file
/// An optimizer follows golden steps.
#pragma once
#include "optimizer/network.hpp"
#include "support/golden.hpp"

namespace selfsame {

/// The largest relative difference after each step of a golden file. Two segments get the same
/// numbers, so that one leaking into the other would show.
template <class D, class Optimizer>
double largest_difference(const Optimizer& optimizer, const std::string& file) {
  const Golden golden = Golden::read(file);
  const auto &start = golden["start"], &gradients = golden["gradients"],
             &weights = golden["weights"];
  Network<D> network({start.cols, start.cols});
  auto state = optimizer.start(network.store, network.weights, "optimizer.moments.0");
  double worst = 0;
  for (Index k = 0; k < 2; ++k) network.set(network.weights.parameters, k, start.values);
  for (Index step = 0; step < gradients.rows; ++step) {
    const auto row = static_cast<std::size_t>(step * start.cols);
    const std::vector<double> gradient(gradients.values.begin() + step * start.cols,
                                       gradients.values.begin() + (step + 1) * start.cols);
    for (Index k = 0; k < 2; ++k) network.set(network.weights.gradient, k, gradient);
    optimizer.step(network.pass({step, gradients.rows}), network.weights, state,
                   [](const Segment&) { return ParameterGroup{}; });
    for (Index k = 0; k < 2; ++k)
      worst = std::max(worst, difference<D>(network.weights.parameters[k], weights.values, row));
  }
  return network.padding_is_untouched() ? worst : std::numeric_limits<double>::infinity();
}

}  // namespace selfsame
