// Losses of rows and their targets: regression, distillation, consistency.
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/regression.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void byol(Row& row) {
  const Differentiable<Cpu> predictions = row.differentiable("predictions");
  const In<Cpu> targets = row.rows("targets");
  row.measure([&] { return normalised_regression(row.device, predictions, targets); });
}
void soft_distillation(Row& row) {
  const Differentiable<Cpu> student = row.differentiable("student");
  const In<Cpu> teacher = row.rows("teacher");
  const SoftDistillation numbers{.temperature = row.number("temperature")};
  row.measure([&] { return distillation(row.device, student, teacher, numbers); });
}
void fixmatch(Row& row) {
  const Differentiable<Cpu> strong = row.differentiable("strong");
  const In<Cpu> weak = row.rows("weak");
  const PseudoLabelConsistency numbers{.threshold = row.number("threshold")};
  row.measure([&] { return consistency(row.device, strong, weak, numbers); });
}
const bool added[] = {add_row("byol", byol), add_row("distillation", soft_distillation),
                      add_row("fixmatch", fixmatch)};

}  // namespace
}  // namespace selfsame::bench
