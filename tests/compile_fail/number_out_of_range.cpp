// expected-error: throw-expression.* is not a constant expression|'bad' must be initialized by a constant expression
#include <selfsame/loss/nt_xent.hpp>
constexpr selfsame::NtXent bad{.temperature = -0.1};
