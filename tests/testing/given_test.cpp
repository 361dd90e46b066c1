#include <selfsame/testing/given.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

using F64 = BasicCpu<double>;

TEST_CASE("Given: an input is made once, with NaN behind its columns", "[testing]") {
  Given<F64> given({.images = 4});
  const Differentiable<F64> z = given.differentiable("z", 3);
  CHECK((z.value.rows == 4 && z.value.cols == 3 && z.value.stride == 6));
  CHECK(z.weight == 1);
  for (Index r = 0; r < 4; ++r) {
    CHECK((std::isfinite(z.value(r, 2)) && std::isnan(z.value.row(r)[3])));
    CHECK(std::isnan(z.gradient(r, 0)));
  }
  CHECK(given.differentiable("z", 3).value.data == z.value.data);
  CHECK(given.constant("t", 3).data[0] != z.value(0, 0));
  CHECK(given.differentiable("y", 2, Numbers::normal, 2).value.rows == 8);
  CHECK(given.shared("p", 5, 2).rows == 5);
}

TEST_CASE("Given: float and double hold the same numbers, unit rows and shares are what they say",
          "[testing]") {
  Given<F64> exact({.images = 5});
  Given<Cpu> single({.images = 5});
  for (const Numbers kind : {Numbers::normal, Numbers::logits, Numbers::unit, Numbers::shares}) {
    const std::string name = "x" + std::to_string(static_cast<int>(kind));
    const In<F64> a = exact.constant(name, 7, kind);
    const In<Cpu> b = single.constant(name, 7, kind);
    for (Index r = 0; r < 5; ++r) {
      double sum = 0, squares = 0;
      for (Index c = 0; c < 7; ++c) {
        CHECK(a(r, c) == static_cast<double>(b(r, c)));
        sum += a(r, c), squares += a(r, c) * a(r, c);
      }
      if (kind == Numbers::unit) CHECK(squares == Approx(1).margin(1e-5));
      if (kind == Numbers::shares) CHECK(sum == Approx(1).margin(1e-5));
    }
  }
}

TEST_CASE("Given: ranks and another order hold the same images", "[testing]") {
  Given<F64> whole({.images = 7});
  const In<F64> x = whole.constant("x", 2, Numbers::normal, 2);
  const auto labels = whole.labels("y", 5, 2);
  for (const Index ranks : {2, 3, 4}) {
    const auto picks = whole.picks("p", 3, 9);
    const auto shared = whole.shared_picks("q", 4, 9);
    Index seen = 0;
    for (Index rank = 0; rank < ranks; ++rank) {
      Given<F64> part({.images = 7, .rank = rank, .ranks = ranks, .reordered = true});
      if (ranks == 3 && rank == 1) CHECK(part.images() == 0);
      seen += part.images();
      const In<F64> mine = part.constant("x", 2, Numbers::normal, 2);
      const auto own = part.labels("y", 5, 2);
      CHECK(std::equal(shared.begin(), shared.end(), part.shared_picks("q", 4, 9).begin()));
      for (Index i = 0; i < part.images(); ++i) {
        CHECK(part.picks("p", 3, 9)(i, 2) == picks(part.whole_row(i), 2));
        CHECK(part.samples()[i] == part.whole_row(i));
      }
      for (Index r = 0; r < mine.rows; ++r) {
        CHECK(mine(r, 1) == x(part.whole_row(r), 1));
        CHECK(own[r] == labels[part.whole_row(r)]);
        CHECK(part.keys()[r % part.images()].draw.sample == part.whole_row(r) % 7);
      }
    }
    CHECK(seen == 7);
  }
  Given<F64> other({.images = 7, .reordered = true});
  CHECK(other.whole_row(0) + other.whole_row(1) + other.whole_row(2) != 0 + 1 + 2);
}

TEST_CASE("Given: it sees what was written where nobody may write", "[testing]") {
  Given<F64> given({.images = 2});
  const Differentiable<F64> z = given.differentiable("z", 3);
  const In<F64> t = given.constant("t", 3);
  z.gradient(1, 2) = 4;
  CHECK(given.intact());
  const double before = t(0, 0);
  const_cast<double&>(t(0, 0)) = 5;
  CHECK_FALSE(given.intact());
  const_cast<double&>(t(0, 0)) = before;
  CHECK(given.intact());
  z.gradient.row(0)[3] = 0;
  CHECK_FALSE(given.intact());
}

TEST_CASE("Given: extra_negatives Differentiable inputs have other weights", "[testing]") {
  Given<F64> given({.images = 2, .weight = 6, .add = true, .before = 3});
  CHECK(given.differentiable("a", 2).weight == 6);
  const DifferentiableWeights<F64> b = given.weights("b", 2, 2);
  CHECK((b.weight == 3 && b.add && b.gradient(1, 1) == 3));
  CHECK(given.shared_live("c", 2, 2).weight == 2);
  CHECK(given.differentiable("a", 2).weight == 6);
}

TEST_CASE("Given: a relation speaks of images, whatever their order", "[testing]") {
  struct First {
    Pair operator()(Index i, Index j) const { return {i == 0 ? 1.0 : 0.0, static_cast<double>(j)}; }
    bool has_exceptions(PairBlock b) const { return b.row == 0; }
  };
  Given<F64> same({.images = 5}), other({.images = 5, .reordered = true});
  const auto a = same.relation(First{}), b = other.relation(First{});
  CHECK_FALSE(a.has_exceptions({1, 1, 0, 5}));
  CHECK(b.has_exceptions({1, 1, 0, 5}));
  for (Index i = 0; i < 5; ++i)
    for (Index j = 0; j < 5; ++j) {
      CHECK(b(i, j).positive == a(other.whole_row(i), 0).positive);
      CHECK(b(i, j).denominator == a(0, other.whole_row(j)).denominator);
    }
}

TEST_CASE("Given: what is to be written is as wide as it was asked for", "[testing]") {
  Given<F64> given({.images = 3});
  const Out<F64> codes = given.out("codes", 4, Numbers::shares, 2);
  CHECK((codes.rows == 6 && codes.cols == 4 && codes.stride == 7 && std::isnan(codes(5, 3))));
  CHECK(given.labels_out("labels", 4, 2).size == 6);
  CHECK(given.labels_out("labels", 4, 2)[5] == Given<F64>::unwritten);
  CHECK(std::isnan(given.reals_out("confidences")[2]));
  CHECK(given.reals_out("confidences").data == given.reals_out("confidences").data);
  given.reals_out("confidences")[2] = 0;
  CHECK(given.intact());
}
