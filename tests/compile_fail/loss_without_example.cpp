// expected-error: Specialise selfsame::testing::Example to say how it is called
#include <selfsame/testing/check_loss.hpp>
struct Mine {
  using plays = selfsame::role::Loss;
  double operator()(double x) const { return x; }
};
bool kept() { return bool(selfsame::testing::check_loss<Mine>()); }
