// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
#include <selfsame/tensor/view.hpp>
using Mixed = selfsame::BasicCpu<double, float>;  // weights in double, activations in float
selfsame::In<Mixed> bad(selfsame::MatrixView<double, Mixed> statistics) { return statistics; }
