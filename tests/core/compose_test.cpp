#include <selfsame/core/compose.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace toy {

struct Ordered {
  using plays = role::Sampler;
  int seed = 1;
};
struct Reversed {
  using plays = role::Sampler;
  int seed = 2;
};
struct Queue {
  using plays = role::Memory;
  int capacity = 65536;
};
struct Nothing {
  using plays = role::Memory;
};
struct Mean {
  using plays = role::Loss;
};
struct Contrast {
  using plays = role::Loss;
  double temperature = 0.07;
};
struct Mlp {
  using plays = role::Predictor;
  int width = 8;
};

template <class Memory>
struct LossBeside {
  using type = Contrast;
};
template <>
struct LossBeside<Nothing> {
  using type = Mean;
};

template <class Sampler, class Memory, class Predictor, class Loss>
struct BasicToy {
  Sampler sampler{};
  Memory memory{};
  Predictor predictor{};
  Loss loss{};
  static constexpr bool predicts = cast<Predictor>;
};
struct ToySlots : Slots<BasicToy,                                        //
                        Slot<role::Sampler, Ordered>,                    //
                        Slot<role::Memory, Nothing>,                     //
                        Slot<role::Predictor, Nobody<role::Predictor>>,  //
                        SlotBeside<role::Loss, role::Memory, LossBeside>> {};
template <class... Policies>
using Toy = Compose<ToySlots, Policies...>;

template <class Predictor, class Sampler>
struct BasicNeedy {
  Predictor predictor{};
  Sampler sampler{};
};
struct NeedySlots : Slots<BasicNeedy, Required<role::Predictor>, Slot<role::Sampler, Ordered>> {};
template <class... Policies>
using Needy = Compose<NeedySlots, Policies...>;

struct Theirs {
  int capacity = 7;
};  // knows nothing of roles

}  // namespace toy
using namespace toy;

TEST_CASE("Policies in any order are one type, and an absent role is played by its default",
          "[core]") {
  CHECK(std::same_as<Toy<>, BasicToy<Ordered, Nothing, Nobody<role::Predictor>, Mean>>);
  CHECK(std::same_as<Toy<Queue, Reversed>, Toy<Reversed, Queue>>);
  CHECK(std::same_as<Toy<Mlp, Queue, Reversed>, Toy<Reversed, Mlp, Queue>>);
  CHECK(std::same_as<Toy<Ordered>, Toy<>>);
  CHECK_FALSE(std::same_as<Toy<Reversed>, Toy<>>);
}

TEST_CASE("A default beside another role follows who plays it, unless it is named", "[core]") {
  CHECK(std::same_as<decltype(Toy<>::loss), Mean>);
  CHECK(std::same_as<decltype(Toy<Queue>::loss), Contrast>);
  CHECK(std::same_as<decltype(Toy<Queue, Mean>::loss), Mean>);
  CHECK(std::same_as<decltype(Toy<Contrast>::loss), Contrast>);
}

TEST_CASE("An optional role is played by nobody until it is cast", "[core]") {
  CHECK_FALSE(Toy<>::predicts);
  CHECK(Toy<Mlp>::predicts);
}

TEST_CASE("A role without a default takes the player it is given", "[core]") {
  CHECK(std::same_as<Needy<Mlp>, BasicNeedy<Mlp, Ordered>>);
  CHECK(std::same_as<Needy<Reversed, Mlp>, BasicNeedy<Mlp, Reversed>>);
}

TEST_CASE("Somebody else's type plays a role by As, with its numbers", "[core]") {
  using Mine = Toy<As<role::Memory, Theirs>>;
  CHECK(Mine{}.memory.capacity == 7);
  CHECK(std::same_as<decltype(Mine::loss), Contrast>);
  CHECK(Mine{.memory = {{.capacity = 9}}}.memory.capacity == 9);
}

TEST_CASE("A composition is an aggregate whose numbers are named where it is made", "[core]") {
  constexpr Toy<Queue> toy{.memory = {.capacity = 3}, .loss = {.temperature = 0.2}};
  static_assert(std::is_aggregate_v<Toy<Queue>>);
  CHECK((toy.memory.capacity == 3 && toy.loss.temperature == 0.2 && toy.sampler.seed == 1));
}
