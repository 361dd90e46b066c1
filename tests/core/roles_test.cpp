#include <selfsame/core/roles.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("A policy is what names its role", "[core]") {
  struct Number {
    int n = 0;
  };
  CHECK_FALSE(Policy<Number>);
  CHECK(Policy<As<role::Loss, Number>>);
  CHECK(Policy<Nobody<role::Head>>);
  CHECK(std::same_as<As<role::Loss, Number>::plays, role::Loss>);
}

TEST_CASE("A role that nobody plays is not cast", "[core]") {
  struct Number {
    int n = 0;
  };
  CHECK_FALSE(cast<Nobody<role::Predictor>>);
  CHECK(cast<As<role::Predictor, Number>>);
}

TEST_CASE("A role's name is the word that segments and fields begin with", "[core]") {
  CHECK(role::Encoder::name == "encoder");
  CHECK(role::Head::name == "head");
  CHECK(role::Predictor::name == "predictor");
}
