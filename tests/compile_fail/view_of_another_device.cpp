// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
#include <selfsame/tensor/view.hpp>
selfsame::In<selfsame::Cpu> bad(
    selfsame::MatrixView<float, selfsame::BasicCpu<double, float>> rows) {
  return rows;
}
