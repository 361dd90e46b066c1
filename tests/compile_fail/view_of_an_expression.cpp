// expected-error: this expression of Eigen has no memory
#include <selfsame/interop/eigen.hpp>
void bad(selfsame::RowMajor<float>& m) { selfsame::view<selfsame::Cpu>(m + m); }
