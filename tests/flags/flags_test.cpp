#include "flags/step.hpp"

#include "support/catch.hpp"

TEST_CASE("Translation units for x86-64 and for x86-64-v3 link into one program and agree",
          "[flags]") {
  const Outcome narrow = narrow_step(), wide = wide_step();
  CHECK(narrow.loss == Approx(wide.loss).epsilon(1e-6));
  CHECK(narrow.gradient == Approx(wide.gradient).epsilon(1e-5));
}

TEST_CASE(
    "A translation unit of one instruction set has the vectors of its flags, and agrees with the "
    "others",
    "[flags]") {
  CHECK(bytes_of_one_isa() == 32);
  const Outcome one = step_of_one_isa(), best = fixed_step();
  CHECK(one.loss == Approx(best.loss).epsilon(1e-6));
  CHECK(one.gradient == Approx(best.gradient).epsilon(1e-5));
}

TEST_CASE("A forced lower instruction set changes the loss by rounding only", "[flags]") {
  using namespace selfsame;
  const Outcome best = fixed_step();
  const Isa before = isa_in_use();
  for (const Isa isa : {Isa::portable, Isa::avx2}) {
    if (isa > before) continue;
    isa_in_use() = isa;
    const Outcome lower = fixed_step();
    isa_in_use() = before;
    CHECK(lower.loss == Approx(best.loss).epsilon(1e-6));
    CHECK(lower.gradient == Approx(best.gradient).epsilon(1e-5));
  }
}
