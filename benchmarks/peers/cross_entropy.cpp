#include <selfsame/loss/cross_entropy.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void hard(Row& row) {
  const Differentiable<Cpu> logits = row.differentiable("logits");
  const auto labels = row.indices("targets");
  row.measure([&] { return cross_entropy(row.device, logits, labels); });
}
void soft(Row& row) {
  const Differentiable<Cpu> logits = row.differentiable("logits");
  const In<Cpu> targets = row.rows("targets");
  row.measure([&] { return cross_entropy(row.device, logits, targets); });
}
const bool added[] = {add_row("cross_entropy_hard", hard), add_row("cross_entropy_soft", soft)};

}  // namespace
}  // namespace selfsame::bench
