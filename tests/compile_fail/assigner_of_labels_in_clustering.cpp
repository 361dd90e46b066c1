// expected-error: role::Assigner needs assign\(pass, scores, codes\), see StepAssigner
#include <selfsame/method/clustering.hpp>
struct Nothing {
  using plays = selfsame::role::Assigner;
};
selfsame::Clustering<selfsame::Prototypes, Nothing> bad;
