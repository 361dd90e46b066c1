#include <selfsame/kernel/cpu/exp.hpp>

#include "devices.hpp"

#include <bit>
#include <cmath>

using namespace selfsame;
using namespace selfsame::test;

namespace {

template <class T>
void exponentials(const T* x, T* y, Index n) {  // n a multiple of every width
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<T, decltype(bytes)::value>;
    for (Index i = 0; i < n; i += width<V>) {
      V v;
      load(x + i, v);
      exponentiate(v);
      store(y + i, v);
    }
  });
}

// |y - exp(x)| in units of the last place of exp(x)
template <class T>
double ulps(T x, T y) {
  using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
  const Wide exact = std::exp(static_cast<Wide>(x));
  const T rounded = static_cast<T>(exact);
  if (std::isinf(rounded) || std::isinf(y)) return std::isinf(rounded) && std::isinf(y) ? 0 : 1e9;
  const Wide unit =
      static_cast<Wide>(std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity())) -
      static_cast<Wide>(std::abs(rounded));
  return static_cast<double>(std::abs(static_cast<Wide>(y) - exact) / unit);
}

}  // namespace

TEST_CASE("exp of a float is within 1.02 units in the last place", "[kernel]") {
#if defined(SELFSAME_ALL_FLOATS)  // two minutes for each instruction set
  constexpr std::uint64_t step = 1;
#else
  constexpr std::uint64_t step = 1009;
#endif
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    double most = 0;
    float where = 0;
    std::vector<float> x(1024), y(1024);
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step * 1024) {
      for (std::uint64_t i = 0; i < 1024; ++i)
        x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits + i * step));
      exponentials(x.data(), y.data(), 1024);
      for (std::size_t i = 0; i < 1024; ++i) {
        if (std::isnan(x[i])) {
          if (!std::isnan(y[i])) FAIL("exp of NaN is not NaN");
          continue;
        }
        const double error = ulps(x[i], y[i]);
        if (error > most) most = error, where = x[i];
      }
    }
    CAPTURE(static_cast<int>(isa), where);
    CHECK(most < 1.02);
  }
}

TEST_CASE("exp of a double is within one unit in the last place", "[kernel]") {
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    double most = 0, where = 0;
    std::vector<double> x(1024), y(1024);
    std::mt19937_64 bits(7);
    std::uniform_real_distribution<double> range(-750, 712), unit(-1, 1);
    for (int round = 0; round < 200; ++round) {
      for (double& e : x) e = round % 2 ? range(bits) : unit(bits);
      exponentials(x.data(), y.data(), 1024);
      for (std::size_t i = 0; i < 1024; ++i) {
        const double error = ulps(x[i], y[i]);
        if (error > most) most = error, where = x[i];
      }
    }
    CAPTURE(static_cast<int>(isa), where);
    CHECK(most < 1);
  }
}

TEMPLATE_TEST_CASE("exp keeps the ends of its range", "[kernel]", float, double) {
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    std::vector<TestType> x(16, 0), y(16, -1);
    x[0] = -infinity, x[1] = infinity, x[2] = NAN, x[3] = -NAN,
    x[4] = std::numeric_limits<TestType>::lowest();
    exponentials(x.data(), y.data(), 16);
    CHECK(y[0] == 0);
    CHECK(y[1] == infinity);
    CHECK(std::isnan(y[2]));
    CHECK(std::isnan(y[3]));
    CHECK(y[4] == 0);
    CHECK(y[5] == 1);  // exactly
  }
}
