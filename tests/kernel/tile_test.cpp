#include <selfsame/kernel/cpu/tile.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("a tile hands its epilogue the sums of products", "[kernel]", float, double) {
  for (const Isa isa : isas())
    for (const Index depth : {0, 1, 50}) {
      CAPTURE(static_cast<int>(isa), depth);
      const Forced forced(isa);
      const auto left = noise<TestType>(tile_rows * depth, 1),
                 right = noise<TestType>(tile_cols<TestType> * depth, 2);
      on_isa([&](auto bytes) SELFSAME_INLINE {
        using T = Tile<TestType, decltype(bytes)::value>;
        TestType sums[T::rows][T::cols];
        T::multiply(left.data(), right.data(), depth, [&](auto& sum) SELFSAME_INLINE {
          static_assert(sizeof sum == sizeof sums);
          std::memcpy(sums, sum, sizeof sum);
        });
        double most = 0;
        for (Index r = 0; r < T::rows; ++r)
          for (Index c = 0; c < T::cols; ++c) {
            double wanted = 0;
            for (Index k = 0; k < depth; ++k)
              wanted += static_cast<double>(left[static_cast<std::size_t>(k * T::rows + r)]) *
                        static_cast<double>(right[static_cast<std::size_t>(k * T::cols + c)]);
            most = std::max(most, std::abs(static_cast<double>(sums[r][c]) - wanted));
          }
        CHECK(most <= 20 * ulp<TestType>);
      });
      const TileSize size = tile_size<TestType>();
      CHECK(tile_rows % size.rows == 0);
      CHECK(tile_cols<TestType> % size.cols == 0);
    }
}
