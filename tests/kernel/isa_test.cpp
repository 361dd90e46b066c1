#include <selfsame/kernel/cpu/isa.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEST_CASE("on_isa calls with the lanes of the instruction set in use", "[kernel]") {
  CHECK(isa_in_use() == best_isa());
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    int seen = 0;
    on_isa([&](auto lanes) SELFSAME_INLINE { seen = lanes(); });
    CHECK(seen == (isa == Isa::avx512 ? 64 : isa == Isa::avx2 ? 32 : 16));
  }
  CHECK(isa_in_use() == best_isa());
}
