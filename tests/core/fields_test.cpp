// compiled alone: types print with the namespaces they stand in
#include <selfsame/core/fields.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace toy {

enum class Stem { small, imagenet };

struct Spread {
  using plays = role::Loss;
  Positive temperature = 0.5;
  Count width = 128;
  bool sharp = false;
};
struct Contrast {
  using plays = role::Loss;
  Positive temperature = 0.5;
  Count width = 128;
  bool sharp = false;
};
struct Network {
  using plays = role::Encoder;
  int depth = 18;
  Stem stem = Stem::small;
};
struct Ema {
  using plays = role::Target;
  Schedule<Fraction> momentum = cosine(0.996, 1);
};
struct Theirs {
  int capacity = 7;
};
template <class Loss>
struct Toy {
  Network encoder{};
  As<role::Memory, Theirs> memory{};
  Ema target{};
  Loss loss{};
};
template <class Method>
struct Recipe {
  Method method{};
  Schedule<NonNegative> rate = 0.1;
  Index steps = 0;
  std::string note = "none";
};
struct Empty {
  using plays = role::Memory;
};
struct Twelve {
  int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12;
};

}  // namespace toy
using namespace toy;

namespace {
template <class P>
std::vector<std::string> names(const P& policy) {
  std::vector<std::string> s;
  fields(policy, [&](std::string_view name, const auto&) { s.emplace_back(name); });
  return s;
}
template <class P>
P with(P policy, std::string_view assignment) {
  set(policy, assignment);
  return policy;
}
}  // namespace

TEST_CASE("Fields are the names of an aggregate's members, in order", "[core]") {
  CHECK(names(Spread{}) == std::vector<std::string>{"temperature", "width", "sharp"});
  CHECK(names(Empty{}).empty());
  CHECK(names(As<role::Memory, Theirs>{}) == std::vector<std::string>{"capacity"});
  CHECK(names(Twelve{}).size() == 12);
  CHECK(names(Twelve{}).back() == "l");
}

TEST_CASE("Fields give the members themselves", "[core]") {
  Twelve numbers;
  fields(numbers, [](std::string_view, int& x) { x *= 2; });
  CHECK((numbers.a == 2 && numbers.l == 24));
  As<role::Memory, Theirs> memory;
  fields(memory, [](std::string_view, int& x) { x = 1; });
  CHECK(memory.capacity == 1);
}

TEST_CASE("A recipe prints the same text with every compiler", "[core]") {
  CHECK(
      json(Recipe<Toy<Spread>>{}) ==
      R"({"method.encoder": "toy::Network", "method.encoder.depth": 18, "method.encoder.stem": "small", )"
      R"("method.memory": "As<role::Memory, toy::Theirs>", "method.memory.capacity": 7, "method.target": "toy::Ema", )"
      R"("method.target.momentum": 0.996, "method.target.momentum.to": 1, "method.target.momentum.curve": "cosine", )"
      R"("method.target.momentum.warmup": 0, "method.loss": "toy::Spread", "method.loss.temperature": 0.5, )"
      R"("method.loss.width": 128, "method.loss.sharp": false, "rate": 0.1, "steps": 0, "note": "none"})");
  CHECK(json(Empty{}) == "{}");
}

TEST_CASE("A number prints as the shortest text that reads back", "[core]") {
  Spread s;
  for (const double x : {0.1, 1.0 / 3, 1e-300, 6.02214076e23, 0.07, 123456789.0}) {
    s.temperature = x;
    const std::string text = json(s);
    CAPTURE(text);
    CHECK(std::strtod(text.c_str() + text.find(':') + 1, nullptr) == x);
  }
  s.temperature = 0.07;
  CHECK_THAT(json(s), ContainsSubstring("\"temperature\": 0.07,"));
}

TEST_CASE("Text prints as JSON quotes it", "[core]") {
  struct Named {
    std::string name;
  };
  CHECK(json(Named{"a\"b\\c\nd\x01"}) == R"({"name": "a\"b\\c\u000ad\u0001"})");
  CHECK(json(Named{"z\u00fcge"}) == "{\"name\": \"z\u00fcge\"}");
}

TEST_CASE("Types are named without the library's namespace and with everybody else's", "[core]") {
  CHECK(type_name<Spread>() == "toy::Spread");
  CHECK(type_name<role::Loss>() == "role::Loss");
  CHECK(type_name<Toy<Spread>>() == "toy::Toy<toy::Spread>");
}

TEST_CASE("A number is set by its path and nothing else moves", "[core]") {
  using R = Recipe<Toy<Spread>>;
  CHECK(with(R{}, "method.loss.temperature=0.2").method.loss.temperature == 0.2);
  CHECK(with(R{}, "method.loss.width=64").method.loss.width == 64);
  CHECK(with(R{}, "method.loss.sharp=true").method.loss.sharp);
  CHECK(with(R{}, "method.encoder.stem=imagenet").method.encoder.stem == Stem::imagenet);
  CHECK(with(R{}, "method.memory.capacity=9").method.memory.capacity == 9);
  CHECK(with(R{}, "steps=1e3").steps == 1000);
  CHECK(with(R{}, "note=a=b").note == "a=b");
  CHECK(with(R{}, "rate=3").rate.from == 3);
  CHECK(equal(with(with(R{}, "method.loss.width=64"), "method.loss.width=128"), R{}));
}

TEST_CASE("The ends, the curve and the warm-up of a schedule are set by name", "[core]") {
  const auto ema =
      with(with(with(with(Ema{}, "momentum=0.9"), "momentum.to=0.99"), "momentum.warmup=7"),
           "momentum.curve=linear");
  CHECK(ema.momentum == Schedule<Fraction>(0.9, 0.99, Curve::linear).after_warmup(7));
}

TEST_CASE("A number set on a constant schedule moves all of it", "[core]") {
  const auto recipe = with(Recipe<Toy<Spread>>{}, "rate=3");
  for (const Index step : {0, 5, 9}) CHECK(recipe.rate.at({step, 10}) == 3);
}

TEST_CASE("A misspelt name is answered with the nearest", "[core]") {
  Recipe<Toy<Spread>> r;
  CHECK_THROWS_WITH(set(r, "method.loss.temprature=0.2"),
                    ContainsSubstring("'method.loss.temprature'") &&
                        ContainsSubstring("did you mean 'method.loss.temperature'?"));
  CHECK_THROWS_WITH(set(r, "notes=x"), ContainsSubstring("did you mean 'note'?"));
  CHECK_THROWS_WITH(set(r, "method.loss.ratur=1"),  // "sharp" takes fewer edits
                    ContainsSubstring("did you mean 'method.loss.temperature'?"));
  CHECK_THROWS_WITH(set(r, "zzzzzzzzzzzz=1"), !ContainsSubstring("did you mean"));
  CHECK_THROWS_WITH(set(r, "steps"), ContainsSubstring("NAME=VALUE"));
}

TEST_CASE("A bad value is refused with its name and what it must be, and the policy is as before",
          "[core]") {
  Recipe<Toy<Spread>> r;
  const std::string before = json(r);
  CHECK_THROWS_WITH(set(r, "method.loss.temperature=-1"),
                    ContainsSubstring("method.loss.temperature") && ContainsSubstring("positive"));
  CHECK_THROWS_WITH(set(r, "method.loss.temperature=warm"),
                    ContainsSubstring("'warm' is not a number"));
  CHECK_THROWS_WITH(set(r, "method.loss.temperature="), ContainsSubstring("not a number"));
  CHECK_THROWS_WITH(set(r, "method.loss.temperature=0.5x"), ContainsSubstring("not a number"));
  CHECK_THROWS_WITH(set(r, "method.loss.width=0"), ContainsSubstring("at least 1"));
  CHECK_THROWS_WITH(set(r, "method.loss.width=1.5"), ContainsSubstring("not a whole number"));
  CHECK_THROWS_WITH(set(r, "method.loss.sharp=yes"), ContainsSubstring("neither true nor false"));
  CHECK_THROWS_WITH(set(r, "method.encoder.stem=big"),
                    ContainsSubstring("'big' is none of small, imagenet"));
  CHECK_THROWS_WITH(set(r, "method.loss=Contrast"), ContainsSubstring("chosen at compile time"));
  CHECK_THROWS_AS(set(r, "method.target.momentum=1.5"), std::invalid_argument);
  CHECK_THROWS_AS(set(r, "method.loss.temperature=nan"), std::invalid_argument);
  CHECK(json(r) == before);
}

TEST_CASE("A whole number too large for its type is refused", "[core]") {
  Recipe<Toy<Spread>> r;
  CHECK_THROWS_AS(set(r, "method.encoder.depth=3000000000"), std::invalid_argument);  // an int
  CHECK_THROWS_AS(set(r, "steps=1e30"), std::invalid_argument);
  CHECK_THROWS_AS(set(r, "steps=inf"), std::invalid_argument);
}

TEST_CASE("The hash of a recipe sees every number and every type", "[core]") {
  using R = Recipe<Toy<Spread>>;
  const auto h = recipe_hash(R{});
  CHECK(h == recipe_hash(R{}));
  CHECK(h != recipe_hash(Recipe<Toy<Contrast>>{}));  // the same numbers, another player
  CHECK(h != recipe_hash(with(R{}, "method.loss.temperature=0.50000000001")));
  CHECK(h != recipe_hash(with(R{}, "method.encoder.stem=imagenet")));
  CHECK(h != recipe_hash(with(R{}, "method.target.momentum.to=0.999")));
  CHECK(h != recipe_hash(with(R{}, "note=other")));
  CHECK_FALSE(equal(R{}, with(R{}, "steps=1")));
}
