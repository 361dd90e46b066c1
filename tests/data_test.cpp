#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/data.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("real images become a batch of two views, and 10 labels a class a data set", "[data]") {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path();
  const Split split = fashion_mnist((root / "examples/data/fashion-mnist-excerpt").string());
  const Dataset few = labels_per_class(split.train, 10, 0);
  CHECK(few.size() == 100);
  const TwoViews augmenter;
  Loader loader({{.views = augmenter.views(few.image())}}, {few}, augmenter, Shuffled{},
                {.batch = 50});
  CHECK(loader.steps_per_epoch() == 2);
  const Images<Cpu> views = together(loader.at(0).parts[0], 0, 2);
  CHECK(views.shape == Shape{100, 28, 28, 1});
  double sum = 0;
  for (Index i = 0; i < views.shape.size(); ++i) sum += static_cast<double>(views.data[i]);
  const double mean = sum / static_cast<double>(views.shape.size());
  CHECK(mean > 0.15);
  CHECK(mean < 0.45);
}
