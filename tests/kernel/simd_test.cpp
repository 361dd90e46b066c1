#include <selfsame/kernel/cpu/simd.hpp>

#include "devices.hpp"

#include <numeric>

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("vectors of any width load, convert and store as many numbers as asked",
                   "[kernel]", float, double) {
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<TestType, decltype(bytes)::value>;
      static_assert(std::is_same_v<Lane<V>, TestType>);
      static_assert(sizeof(V) == decltype(bytes)::value);
      float from[16], to[17];
      std::iota(from, from + 16, 1.f);
      for (Index n = 0; n <= width<V>; ++n) {
        std::fill_n(to, 17, -1.f);
        V v;
        load_some(from, n, v);
        for (Index i = 0; i < width<V>; ++i) CHECK(v[i] == (i < n ? TestType(i + 1) : 0));
        CHECK(sum_of(v) == TestType(n * (n + 1) / 2));
        CHECK(max_of(v) == TestType(n));
        store_some(to, n, v);
        for (Index i = 0; i < 17; ++i) CHECK(to[i] == (i < n ? static_cast<float>(i + 1) : -1.f));
      }
    });
  }
}

TEST_CASE("each_vector covers each number once", "[kernel]") {
  using V = Simd<float, 16>;
  for (const Index size : {0, 1, 4, 11}) {
    Index next = 0;
    each_vector<V>(size, [&](Index first, Index count) SELFSAME_INLINE {
      CHECK(first == next);
      CHECK(count <= 4);
      next += count;
    });
    CHECK(next == size);
  }
}

TEMPLATE_TEST_CASE("Vectors store and load BFloat16 as the scalar conversion does", "[kernel]",
                   (Simd<float, 16>), (Simd<float, 64>), (Simd<double, 32>)) {
  using V = TestType;
  const float numbers[] = {1.00390625f, 1.01171875f, -0.1f, 3e38f, 3.4e38f, 1e-40f, -0.f, INFINITY,
                           -INFINITY,   NAN,         1e30f, 7.f,   0.f,     2.5f,   -8.f, 1e-3f};
  V v = {};
  for (int i = 0; i < width<V>; ++i) v[i] = numbers[i];
  BFloat16 stored[width<V>];
  store(stored, v);
  V back;
  load(static_cast<const BFloat16*>(stored), back);
  for (int i = 0; i < width<V>; ++i) {
    const float wanted = static_cast<float>(BFloat16(numbers[i]));
    CAPTURE(i, numbers[i]);
    CHECK((stored[i] == BFloat16(numbers[i]) || numbers[i] != numbers[i]));
    CHECK((static_cast<float>(back[i]) == wanted || (wanted != wanted && back[i] != back[i])));
  }
}
