// expected-error: use of deleted function .*Learner|call to deleted constructor of 'Learner'
#include <selfsame/method/simclr.hpp>
#include <selfsame/train/learner.hpp>
using Learner = selfsame::Learner<selfsame::SimCLR>;
Learner bad(const Learner& learner) { return learner; }
