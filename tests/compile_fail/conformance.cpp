// Policies that the conformance kit cannot call.
#include <selfsame/testing/check_assigner.hpp>
#include <selfsame/testing/check_loss.hpp>

// expected-error: Specialise selfsame::testing::Example to say how it is called
namespace assigner_without_example {
struct Mine {
  using plays = selfsame::role::Assigner;
  double operator()(double x) const { return x; }
};
bool kept() { return bool(selfsame::testing::check_assigner<Mine>()); }
}  // namespace assigner_without_example

// expected-error: Specialise selfsame::testing::Example to say how it is called
namespace loss_without_example {
struct Mine {
  using plays = selfsame::role::Loss;
  double operator()(double x) const { return x; }
};
bool kept() { return bool(selfsame::testing::check_loss<Mine>()); }
}  // namespace loss_without_example
