// expected-error: no matching function for call to .nt_xent
#include <selfsame/loss/nt_xent.hpp>
// A plain view is a constant: there is no place for its gradient.
float bad(selfsame::In<selfsame::Cpu> embeddings) {
  return selfsame::nt_xent(selfsame::Cpu{}, embeddings, 0.5f);
}
