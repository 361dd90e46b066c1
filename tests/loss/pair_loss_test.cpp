#include <selfsame/loss/pair_loss.hpp>

#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/nt_xent.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace mine {
struct Nothing {  // a user's loss of pairs
  using plays = role::Loss;
  template <class D, class Columns>
  Real<D> operator()(const Pass<D>&, Differentiable<D>, const Columns&, const Relation auto&,
                     In<D>) const {
    return 0;
  }
};
struct SameOnly {  // lacks columns that are constants
  using plays = role::Loss;
  template <class D>
  Real<D> operator()(const Pass<D>&, Differentiable<D>, SameRows, const Relation auto&,
                     In<D>) const {
    return 0;
  }
};
}  // namespace mine

TEST_CASE("A loss of pairs is what can be called with every kind of columns", "[loss]") {
  CHECK(PairLoss<NtXent, Cpu>);
  CHECK(PairLoss<mine::Nothing, Cpu>);
  CHECK(PairLoss<mine::Nothing, BasicCpu<double, float>>);
  CHECK_FALSE(PairLoss<mine::SameOnly, Cpu>);
  CHECK_FALSE(PairLoss<CrossEntropy, Cpu>);
  CHECK_FALSE(RowLoss<NtXent, Cpu>);
  CHECK_FALSE(WantsUnitRows<mine::Nothing>);
}

TEST_CASE("The relation that concepts try is a relation", "[loss]") {
  CHECK(Relation<detail::AnyRelation>);
}
