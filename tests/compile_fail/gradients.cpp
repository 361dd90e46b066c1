// Gradients that have no place, numbers out of range, and a learner's copy.
#include <selfsame/head/projector.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/method/simclr.hpp>
#include <selfsame/nn/chain.hpp>
#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/train/learner.hpp>

// expected-error: no matching function for call to .nt_xent
namespace gradient_of_a_constant {
// A plain view is a constant: there is no place for its gradient.
float bad(selfsame::In<selfsame::Cpu> embeddings) {
  return selfsame::nt_xent(selfsame::Cpu{}, embeddings, 0.5f);
}
}  // namespace gradient_of_a_constant

// expected-error: throw-expression.* is not a constant expression|'bad' must be initialized by a constant expression
namespace number_out_of_range {
constexpr selfsame::NtXent bad{.temperature = -0.1};
}  // namespace number_out_of_range

// expected-error: no matching (member )?function for call to .*with_gradient|no matching (member )?function for call to .*differentiable
namespace no_gradient_through_fixed_weights {
// A trace through fixed weights only has values.
void bad(selfsame::FixedTraceOf<selfsame::Cpu, selfsame::ChainOf<selfsame::Projector>>& teacher) {
  teacher.differentiable();
}
}  // namespace no_gradient_through_fixed_weights

// expected-error: cannot convert .*Averaged.* to .*Trained|no matching member function for call to .start.
namespace optimizing_following_weights {
// An optimizer moves Trained weights; a target follows.
void bad(selfsame::Store<selfsame::Cpu>& store, const selfsame::Averaged<selfsame::Cpu>& target) {
  selfsame::AdamW{}.start<selfsame::Cpu>(store, target, "optimizer");
}
}  // namespace optimizing_following_weights

// expected-error: use of deleted function .*Learner|call to deleted constructor of 'Learner'
namespace copying_a_learner {
using Learner = selfsame::Learner<selfsame::SimCLR>;
Learner bad(const Learner& learner) { return learner; }
}  // namespace copying_a_learner
