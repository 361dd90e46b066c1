#include <selfsame/train/recipe.hpp>

#include <selfsame/method/simclr.hpp>
#include <selfsame/method/supervised.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Recipe: every number of method and optimizer is set by its name", "[train]") {
  Recipe<SimCLR> recipe;
  set(recipe, "method.loss.temperature=0.1");
  set(recipe, "method.encoder.depth=8");
  set(recipe, "method.encoder.stem=small");
  set(recipe, "optimizer.learning_rate=0.002");
  set(recipe, "batch=64");
  CHECK(recipe.method.loss.temperature == 0.1);
  CHECK(recipe.method.encoder.depth == 8);
  CHECK(recipe.method.encoder.stem == Stem::small);
  CHECK(recipe.optimizer.learning_rate.at({}) == 0.002);
  CHECK(recipe.batch == 64);
}

TEST_CASE("Recipe: who plays is part of its text and its hash", "[train]") {
  CHECK(json(Recipe<SimCLR>{}).find("\"method.loss\": \"NtXent\"") != std::string::npos);
  CHECK(recipe_hash(Recipe<SimCLR>{}) != recipe_hash(Recipe<Supervised<>>{}));
  Recipe<SimCLR> other;
  CHECK(equal(other, Recipe<SimCLR>{}));
  set(other, "method.loss.temperature=0.4");
  CHECK_FALSE(equal(other, Recipe<SimCLR>{}));
  CHECK(recipe_hash(other) != recipe_hash(Recipe<SimCLR>{}));
}

TEST_CASE("SimCLR by name: the constants have the papers' numbers", "[method]") {
  CHECK(simclr_imagenet.encoder.depth == 50);
  CHECK(simclr_imagenet.loss.temperature == 0.1);
  CHECK(simclr_imagenet.augmenter.blur.probability == 0.5);
  CHECK(simclr_cifar10.encoder.stem == Stem::small);
  CHECK(simclr_cifar10.augmenter.blur.probability == 0.0);
}
