// compile-options: -march=x86-64-v3
#include "flags/step.hpp"
Outcome wide_step() { return fixed_step(); }
