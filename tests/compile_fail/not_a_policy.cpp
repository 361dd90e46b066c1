// expected-error: not a policy. Name its role
#include <selfsame/method/contrastive.hpp>
struct Temperature {
  double value = 0.5;
};
using Bad = selfsame::Contrastive<Temperature>;
