#include <selfsame/loss/view_loss.hpp>

#include <selfsame/loss/barlow_twins.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/vicreg.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Losses of views are told from losses of pairs", "[loss]") {
  CHECK(ViewLoss<VICReg, Cpu>);
  CHECK(ViewLoss<BarlowTwins, BasicCpu<double>>);
  CHECK_FALSE(ViewLoss<NtXent, Cpu>);
}
