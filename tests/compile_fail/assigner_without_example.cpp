// expected-error: Specialise selfsame::testing::Example to say how it is called
#include <selfsame/testing/check_assigner.hpp>
struct Mine {
  using plays = selfsame::role::Assigner;
  double operator()(double x) const { return x; }
};
bool kept() { return bool(selfsame::testing::check_assigner<Mine>()); }
