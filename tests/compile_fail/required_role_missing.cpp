// expected-error: a role of this method has no default. Name who plays it
#include <selfsame/core/compose.hpp>
template <class Predictor>
struct BasicNeedy {
  Predictor predictor{};
};
struct NeedySlots : selfsame::Slots<BasicNeedy, selfsame::Required<selfsame::role::Predictor>> {};
using Bad = selfsame::Compose<NeedySlots>;
