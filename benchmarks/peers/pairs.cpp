// Losses of pairs: NT-Xent, InfoNCE against a queue, patches.
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/patch_nce.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void views(Row& row) {
  const Differentiable<Cpu> z = row.differentiable("embeddings");
  const float temperature = row.number("temperature");
  row.measure([&] { return nt_xent(row.device, z, temperature); });
}
void queue(Row& row) {
  const Differentiable<Cpu> queries = row.differentiable("queries");
  const In<Cpu> keys = row.rows("keys"), negatives = row.rows("negatives");
  const float temperature = row.number("temperature");
  row.measure([&] { return info_nce(row.device, queries, keys, negatives, temperature); });
}
void patches(Row& row) {
  const Differentiable<Cpu> predictions = row.differentiable("predictions"),
                            targets = row.differentiable("targets");
  const GridOffsetRelation grid{row.count("side"), row.count("offset")};
  const float scale = row.number("scale");
  row.measure([&] { return patch_nce(row.device, predictions, targets, grid, scale); });
}
const bool added[] = {add_row("nt_xent_512", views),   add_row("nt_xent_2048", views),
                      add_row("nt_xent_8192", views),  add_row("nt_xent_trained", views),
                      add_row("nt_xent_65536", views), add_row("info_nce", queue),
                      add_row("cpc", patches)};

}  // namespace
}  // namespace selfsame::bench
