// expected-error: a role of this method has no default. Name who plays it
#include <selfsame/method/predictive.hpp>
using Bad = selfsame::Predictive<selfsame::EMA>;
