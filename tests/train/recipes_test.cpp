#include <selfsame/train/recipes.hpp>

#include <selfsame/core/fields.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Recipes: rates climb to batch / 256 times the base and end where the papers say",
          "[train]") {
  const auto rate = [](const auto& recipe, Index step, Index steps) {
    return recipe.optimizer.learning_rate.at({.step = step, .steps = steps});
  };
  CHECK(rate(byol_recipe, 1, 312784) == Approx(.00102334505916).epsilon(1e-10));
  CHECK(rate(byol_recipe, 3126, 312784) == Approx(3.19897665494).epsilon(1e-10));
  CHECK(rate(byol_recipe, 100000, 312784) == Approx(2.4874921575).epsilon(1e-9));
  CHECK(byol_recipe.method.target.momentum.at({.step = 3127, .steps = 312784}) ==
        Approx(.996000986349).epsilon(1e-10));
  CHECK(rate(moco_v2_recipe, 1, 200) == Approx(.02999814948722).epsilon(1e-10));
  CHECK(rate(moco_v2_recipe, 100, 200) == Approx(.015));
  CHECK(rate(moco_v1_recipe, 119, 200) == Approx(.03));
  CHECK(rate(moco_v1_recipe, 120, 200) == Approx(.003));
  CHECK(rate(moco_v1_recipe, 160, 200) == Approx(.0003));
  CHECK(rate(simclr_cifar10_recipe, 1, 97657) == Approx(.002049180327869).epsilon(1e-10));
  CHECK(rate(simclr_cifar10_recipe, 976, 97657) == 2);
  CHECK(rate(simclr_cifar10_recipe, 50000, 97657) == Approx(.9777918924324).epsilon(1e-10));
  CHECK(rate(swav_recipe, 3120, 31200) == 4.8);
  CHECK(rate(swav_256_recipe, 0, 100) == 0.6);
}

TEST_CASE("Recipes: who decays, and how batch norms are split", "[train]") {
  STATIC_REQUIRE(std::same_as<decltype(swav_recipe)::Rule, AllDecay>);
  STATIC_REQUIRE(std::same_as<decltype(moco_v1_recipe)::Rule, AllDecay>);
  STATIC_REQUIRE(std::same_as<decltype(byol_recipe)::Rule, WeightsDecay>);
  CHECK(moco_v2_recipe.batch_norm_group == 32);
  CHECK(moco_cifar10_recipe.batch_norm_group == 64);
  CHECK(json(byol_recipe).find("\"optimizer.weight_decay\": 1.5e-06") != std::string::npos);
}
