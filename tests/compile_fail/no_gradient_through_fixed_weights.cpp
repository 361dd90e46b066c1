// expected-error: no matching (member )?function for call to .*live
#include <selfsame/head/projector.hpp>
#include <selfsame/nn/chain.hpp>
// A trace through fixed weights only has values.
void bad(selfsame::FixedTraceOf<selfsame::Cpu, selfsame::ChainOf<selfsame::Projector>>& teacher) {
  teacher.live();
}
