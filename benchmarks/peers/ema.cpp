#include <selfsame/kernel/cpu/elementwise.hpp>

#include <algorithm>

#include "row.hpp"

namespace selfsame::bench {
namespace {

// Its check is the first step from the inputs; what is timed goes on from there.
void measure(Row& row) {
  const auto online = row.vector("online"), start = row.vector("target");
  const auto target = row.result("target", start.size);
  std::copy_n(start.data, start.size, target.data);
  const float step = 1 - row.number("momentum");
  row.measure([&] {
    lerp(row.device, online, step, target);
    return 0.0;
  });
}
const bool added = add_row("ema", measure);

}  // namespace
}  // namespace selfsame::bench
