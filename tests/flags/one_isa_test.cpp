// compile-options: -march=x86-64-v3 -DSELFSAME_ONE_ISA
#include "flags/step.hpp"
Outcome step_of_one_isa() { return fixed_step(); }
int bytes_of_one_isa() {
  int bytes = 0;
  selfsame::on_isa([&](auto lanes) SELFSAME_INLINE { bytes = lanes(); });
  return bytes;
}
