// Codes of samples over prototypes, and the loss that swaps them between views.
#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/loss/swapped_prediction.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

Sinkhorn sinkhorn_of(const Row& row) {
  return {.epsilon = row.number("epsilon"), .iterations = row.count("steps")};
}

void codes(Row& row) {
  const In<Cpu> scores = row.rows("scores");
  const Out<Cpu> to = row.result("codes", scores.rows, scores.cols);
  const Sinkhorn assigner = sinkhorn_of(row);
  row.measure([&] {
    sinkhorn(row.device, scores, to, assigner);
    return 0.0;
  });
}

// What a step of SwAV does between embeddings and gradients: scores and codes of the assigning views,
// then the loss, which makes the scores of all views itself.
void swav(Row& row) {
  const Differentiable<Cpu> z = row.differentiable("embeddings"),
                            prototypes = row.differentiable("prototypes");
  const Index coded = row.count("assigning"), images = z.value.rows / row.count("views");
  const Sinkhorn assigner = sinkhorn_of(row);
  const SwappedPrediction loss{.temperature = row.number("temperature"), .coded_views = coded};
  row.measure([&] {
    Rows<Cpu> of_views(coded * images, prototypes.value.rows);
    Workspace scratch;
    product(row.device, scratch, z.value.row_range(0, coded * images), Transpose::no,
            prototypes.value, Transpose::yes, of_views.out());
    for (Index view = 0; view < coded; ++view) {
      const Out<Cpu> part = of_views.out().row_range(view * images, images);
      sinkhorn(row.device, In<Cpu>(part), part, assigner);
    }
    return swapped_prediction(row.device, z, prototypes, of_views.in(), loss);
  });
}
const bool added[] = {add_row("sinkhorn_512", codes), add_row("sinkhorn_4096", codes),
                      add_row("swav", swav)};

}  // namespace
}  // namespace selfsame::bench
