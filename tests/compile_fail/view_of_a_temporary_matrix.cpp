// expected-error: a view of a temporary matrix would outlive its numbers
#include <selfsame/interop/eigen.hpp>
auto bad() { return selfsame::view<selfsame::Cpu>(selfsame::RowMajor<float>(2, 2)); }
