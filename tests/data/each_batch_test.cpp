#include <selfsame/augmenter/one_view.hpp>
#include <selfsame/data/each_batch.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a pass sees every sample once, in order, with its label", "[data]") {
  const Index count = GENERATE(0, 1, 4, 10), batch = GENERATE(1, 4, 100);
  CAPTURE(count, batch);
  auto images =
      xt::xtensor<std::uint8_t, 4>::from_shape({static_cast<std::size_t>(count), 1, 2, 1});
  std::vector<Index> labels;
  for (Index i = 0; i < count; ++i) {
    images.data()[2 * i] = static_cast<std::uint8_t>(i);
    images.data()[2 * i + 1] = 255;
    labels.push_back(i % 3);
  }
  const Dataset set(std::move(images), std::move(labels));
  Index next = 0;
  each_batch(set, Plain{}, batch, [&](const Part<Cpu>& part) {
    REQUIRE(part.views.size() == 1);
    CHECK(part.draws.size <= batch);
    for (Index i = 0; i < part.draws.size; ++i, ++next) {
      CHECK(part.draws[i] == Draw{next, 0});
      CHECK(part.labels[i] == next % 3);
      CHECK(part.views[0].data[2 * i] == Approx(static_cast<double>(next) / 255));
      CHECK(part.views[0].data[2 * i + 1] == 1);
    }
  });
  CHECK(next == count);
}

TEST_CASE("a batch of no samples is refused", "[data]") {
  CHECK_THROWS_AS(each_batch(Dataset{}, Plain{}, 0, [](const Part<Cpu>&) {}),
                  std::invalid_argument);
}
