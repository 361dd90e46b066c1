#include <selfsame/tensor/device.hpp>

#include "support/catch.hpp"

#include <string>
#include <typeinfo>

using namespace selfsame;

TEST_CASE(
    "The name of the CPU's type says for which instructions and with which threads it was compiled",
    "[tensor]") {
#if defined(__AVX512F__)
  const std::string isa = "avx512";
#elif defined(__AVX2__)
  const std::string isa = "avx2";
#else
  const std::string isa = "portable";
#endif
#if defined(SELFSAME_ONE_ISA)
  const std::string choice = "only";
#else
  const std::string choice = "or_better";
#endif
#if defined(_OPENMP)
  const std::string threads = "threaded";
#else
  const std::string threads = "serial";
#endif
  // The mangled name, which linkers compare; clang spells no inline namespace where it prints a type.
  CHECK_THAT(typeid(Cpu).name(),
             Catch::Matchers::ContainsSubstring(isa + "_" + choice + "_" + threads));
}

TEST_CASE("A device is copied, has one thread until told otherwise, and names its numbers",
          "[tensor]") {
  CHECK(Cpu{}.threads == 1);
  CHECK(Cpu{.threads = 3}.threads == 3);
  CHECK(std::same_as<Real<Cpu>, float>);
  CHECK(std::same_as<Activation<BasicCpu<double, float>>, float>);
}
