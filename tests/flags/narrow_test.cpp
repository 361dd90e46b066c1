// compile-options: -march=x86-64
#include "flags/step.hpp"
Outcome narrow_step() { return fixed_step(); }
