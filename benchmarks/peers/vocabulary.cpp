// A linear layer and the cross-entropy of its logits.
#include <selfsame/loss/masked_tokens.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void measure(Row& row) {
  const Differentiable<Cpu> rows = row.differentiable("rows"),
                            weight = row.differentiable("weight"),
                            bias = row.differentiable("bias");
  const auto labels = row.indices("labels");
  row.measure([&] { return linear_cross_entropy(row.device, rows, weight, bias, labels); });
}
const bool added = add_row("linear_cross_entropy", measure);

}  // namespace
}  // namespace selfsame::bench
