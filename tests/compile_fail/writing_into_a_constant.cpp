// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
#include <selfsame/tensor/view.hpp>
selfsame::Out<selfsame::Cpu> bad(selfsame::In<selfsame::Cpu> rows) { return rows; }
