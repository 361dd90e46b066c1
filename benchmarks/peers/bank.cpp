// InfoNCE against a memory bank: one list of negatives for the batch, and one for each anchor.
#include <selfsame/loss/bank_info_nce.hpp>

#include <algorithm>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void shared(Row& row) {
  const Differentiable<Cpu> anchors = row.differentiable("anchors");
  const In<Cpu> bank = row.rows("bank");
  const SharedNegatives<Cpu> picks{row.indices("own"), row.indices("negatives")};
  const BankInfoNCE numbers{.temperature = row.number("temperature")};
  row.measure([&] { return bank_info_nce(row.device, anchors, bank, picks, numbers); });
}
void own(Row& row) {
  const Differentiable<Cpu> anchors = row.differentiable("anchors");
  const In<Cpu> bank = row.rows("bank");
  const auto samples = row.indices("own"), negatives = row.indices("negatives");
  const Index rows = samples.size, each = negatives.size / rows;
  std::vector<Index> index(static_cast<std::size_t>(rows * (each + 1)));
  for (Index i = 0; i < rows; ++i) {  // an anchor's own sample, then its negatives
    Index* const to = index.data() + i * (each + 1);
    to[0] = samples[i];
    std::copy_n(negatives.data + i * each, each, to + 1);
  }
  const OwnNegatives<Cpu> picks{{index.data(), rows, each + 1}};
  const BankInfoNCE numbers{.temperature = row.number("temperature")};
  row.measure([&] { return bank_info_nce(row.device, anchors, bank, picks, numbers); });
}
const bool added[] = {add_row("cmc_shared", shared), add_row("cmc_own", own)};

}  // namespace
}  // namespace selfsame::bench
