#include <selfsame/target/shared_weights.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace mine {
struct Follower {
  using plays = role::Target;
  template <Device D>
  void update(const Pass<D>&, Vector<const Real<D>, D>, Vector<Real<D>, D>) const {}
};
struct Backwards {  // moves the online weights
  using plays = role::Target;
  template <Device D>
  void update(const Pass<D>&, Vector<Real<D>, D>, Vector<const Real<D>, D>) const {}
};
}  // namespace mine

TEST_CASE("Shared weights are no updater, a type with update() from online to target is one",
          "[target]") {
  CHECK(Policy<SharedWeights>);
  CHECK_FALSE(TargetUpdater<SharedWeights, Cpu>);
  CHECK(TargetUpdater<mine::Follower, Cpu>);
  CHECK(TargetUpdater<mine::Follower, BasicCpu<double, float>>);
  CHECK_FALSE(TargetUpdater<mine::Backwards, Cpu>);
}
