// The streamed kernel behind the losses of pairs, with the relation of somebody else.
#include <selfsame/kernel/cpu/contrast.hpp>

#include <selfsame/relation/other_views.hpp>

#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

/// A user's relation: soft positives, negatives of other weights than 1, pairs left out, anchors without
/// a positive, and i with j is not j with i. Beyond `band` of the diagonal all are plain negatives.
struct Weighted {
  Index band;
  bool anchors = true;

  Pair operator()(Index i, Index j) const {
    if (std::abs(i - j) > band) return {0, 1};
    if (!anchors || i % 4 == 3) return {0, (i + j) % 5 == 0 ? 0.0 : 1.0};  // never an anchor
    switch ((3 * i + j) % 6) {
      case 0: return {1, 1};
      case 1: return {0.25, 1};   // softly alike
      case 2: return {0.5, 0};    // a positive outside the denominator
      case 3: return {0, 0};      // left out
      case 4: return {0, 0.125};  // counts less
      default: return {0, 2};     // counts more
    }
  }
  bool has_exceptions(PairBlock b) const {
    return b.column <= b.row + b.rows - 1 + band && b.row <= b.column + b.columns - 1 + band;
  }
};
static_assert(Relation<Weighted>);

template <class D>
double run(int threads, Strided<D>& rows, const auto& columns, const auto& relation,
           In<D> extra_negatives, double temperature, double weight = 1) {
  const D device{.threads = threads};
  Workspace scratch;
  return contrast(device, scratch, single_process(),
                  rows.differentiable(static_cast<Real<D>>(weight)), columns, relation,
                  extra_negatives, static_cast<Real<D>>(temperature));
}

struct Sizes {
  Index rows, columns, extra_negatives, width, band;
};
const Sizes all_sizes[] = {{1, 1, 0, 3, 5},       {5, 5, 0, 4, 9},       {6, 9, 4, 3, 9},
                           {100, 100, 0, 8, 200}, {97, 193, 2, 3, 3},    {201, 201, 200, 3, 7},
                           {230, 400, 0, 5, 20},  {300, 300, 13, 128, 2}};

}  // namespace

TEMPLATE_TEST_CASE("Pairs of rows with constants agree with the formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Sizes& n : all_sizes) {
    CAPTURE(n.rows, n.columns, n.extra_negatives, n.width);
    Strided<D> rows(unit(noise(n.rows, n.width, 1))), columns(unit(noise(n.columns, n.width, 2))),
        extra_negatives(unit(noise(n.extra_negatives, n.width, 3)));
    const auto r = naive_contrast(rows.rounded(), columns.rounded(), extra_negatives.rounded(),
                                  Weighted{n.band}, 0.3);
    const double value = run<D>(2, rows, columns.in(), Weighted{n.band}, extra_negatives.in(), 0.3);
    CHECK(std::abs(value - r.value) < 200 * epsilon<D> * std::max(1.0, std::abs(r.value)));
    CHECK(worst(rows.slope(), r.rows, 1e-2) < 400 * epsilon<D>);
    CHECK(rows.untouched());
  }
}

TEMPLATE_TEST_CASE("Pairs of rows with differentiable columns give both gradients", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Sizes& n : all_sizes) {
    CAPTURE(n.rows, n.columns, n.extra_negatives, n.width);
    Strided<D> rows(unit(noise(n.rows, n.width, 1))), columns(unit(noise(n.columns, n.width, 2))),
        extra_negatives(unit(noise(n.extra_negatives, n.width, 3)));
    const auto r = naive_contrast(rows.rounded(), columns.rounded(), extra_negatives.rounded(),
                                  Weighted{n.band}, 0.3);
    const double value =
        run<D>(2, rows, columns.differentiable(2), Weighted{n.band}, extra_negatives.in(), 0.3, 3);
    CHECK(std::abs(value - r.value) < 200 * epsilon<D> * std::max(1.0, std::abs(r.value)));
    CHECK(worst(rows.slope(), 3 * r.rows, 3e-2) < 400 * epsilon<D>);
    CHECK(worst(columns.slope(), 2 * r.columns, 1e-2) < 400 * epsilon<D>);
    CHECK((rows.untouched() && columns.untouched()));
  }
}

TEMPLATE_TEST_CASE("Pairs of rows with themselves write the gradient of both sides once", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Sizes& n : all_sizes) {
    CAPTURE(n.rows, n.extra_negatives, n.width);
    Strided<D> rows(unit(noise(n.rows, n.width, 1))),
        extra_negatives(unit(noise(n.extra_negatives, n.width, 3)));
    const auto r = naive_contrast(rows.rounded(), rows.rounded(), extra_negatives.rounded(),
                                  Weighted{n.band}, 0.3);
    const double value = run<D>(2, rows, SameRows{}, Weighted{n.band}, extra_negatives.in(), 0.3);
    CHECK(std::abs(value - r.value) < 200 * epsilon<D> * std::max(1.0, std::abs(r.value)));
    CHECK(worst(rows.slope(), r.rows + r.columns, 1e-2) < 400 * epsilon<D>);
    CHECK(rows.untouched());
  }
}

TEST_CASE("Pairs: every gradient agrees with central differences", "[loss]") {
  const double temperature = GENERATE(0.2, 1.0);
  const Dense a = noise(7, 3, 1), b = noise(9, 3, 2), c = noise(2, 3, 3);
  const Weighted relation{20};
  Strided<F64> extra_negatives(c);
  const auto against = [&](const Dense& rows, const Dense& columns) {
    Strided<F64> x(rows), y(columns);
    return run<F64>(1, x, y.differentiable(), relation, extra_negatives.in(), temperature);
  };
  Strided<F64> rows(a), columns(b);
  run<F64>(1, rows, columns.differentiable(), relation, extra_negatives.in(), temperature);
  CHECK(difference_error([&](const Dense& x) { return against(x, b); }, a, rows.slope()) < 1e-6);
  CHECK(difference_error([&](const Dense& y) { return against(a, y); }, b, columns.slope()) < 1e-6);
  const auto same = [&](const Dense& x) {
    RowMajor<double> value = x, slope(x.rows(), x.cols());
    Workspace scratch;
    return std::pair(contrast(F64{}, scratch, single_process(),
                              Differentiable<F64>{view<F64>(value), view<F64>(slope)}, SameRows{},
                              relation, extra_negatives.in(), temperature),
                     slope);
  };
  CHECK(difference_error([&](const Dense& x) { return same(x).first; }, a, same(a).second) < 1e-6);
}

TEST_CASE("Pairs: an anchor without a positive counts neither in the value nor in its divisor",
          "[loss]") {
  const Dense a = noise(8, 3, 1), b = noise(8, 3, 2);
  Strided<F64> all(a), columns(b);
  run<F64>(1, all, columns.differentiable(), Weighted{20}, {}, 1);
  CHECK(all.slope().row(3).cwiseAbs().maxCoeff() == 0);
  CHECK(all.slope().row(7).cwiseAbs().maxCoeff() == 0);
  CHECK(all.slope().row(4).cwiseAbs().maxCoeff() > 1e-3);
  Dense kept(3, 3);
  kept << a.topRows(3);
  Strided<F64> three(kept), four(a.topRows(4));
  CHECK(run<F64>(1, four, columns.differentiable(), Weighted{20}, {}, 1) ==
        Approx(run<F64>(1, three, columns.differentiable(), Weighted{20}, {}, 1)).epsilon(1e-14));
  // none at all
  Strided<F64> none(a);
  CHECK(run<F64>(1, none, columns.differentiable(), Weighted{20, false}, {}, 1) == 0);
  CHECK(none.slope().cwiseAbs().maxCoeff() == 0);
  CHECK(columns.slope().cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Pairs of no rows and of no columns cost nothing and write zeros", "[loss]") {
  Strided<F64> none(Dense(0, 3)), some(noise(4, 3, 1)), extra_negatives(noise(5, 3, 2));
  CHECK(run<F64>(2, none, some.differentiable(), Weighted{3}, extra_negatives.in(), 1) == 0);
  CHECK(some.slope().cwiseAbs().maxCoeff() == 0);
  CHECK(run<F64>(2, some, none.differentiable(), Weighted{3}, extra_negatives.in(), 1) == 0);
  CHECK(some.slope().cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Pairs: the slopes of an anchor's logits sum to zero", "[loss]") {
  Dense columns = noise(230, 4, 2), extra_negatives = noise(201, 4, 3);
  columns.col(3).setOnes(),
      extra_negatives.col(3).setOnes();  // the gradient along it is the sum over columns
  Strided<F64> rows(noise(105, 4, 1)), others(columns), more(extra_negatives);
  run<F64>(1, rows, others.differentiable(), Weighted{400}, more.in(), 0.5);
  CHECK(rows.slope().col(3).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(rows.slope().col(2).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("Pairs: adding to a gradient is writing to zero and adding", "[loss]") {
  const Dense a = noise(210, 3, 1), b = noise(5, 3, 2);
  Strided<F64> written(a), added(a), columns(b);
  std::fill(added.gradient.begin(), added.gradient.end(), 1.0);
  run<F64>(1, written, columns.differentiable(), Weighted{300}, {}, 1);
  Workspace scratch;
  contrast(F64{}, scratch, single_process(), added.differentiable().added(2),
           columns.differentiable(), Weighted{300}, In<F64>{}, 1.0);
  CHECK(worst(added.slope(), (2 * written.slope().array() + 1).matrix()) < 1e-14);
}

TEST_CASE("Pairs have the same bits with one, two and three threads", "[loss]") {
  const Dense a = noise(410, 19, 1), b = noise(600, 19, 2);
  std::vector<Dense> rows, columns;
  std::vector<double> values;
  for (const int threads : {1, 2, 3}) {
    Strided<Cpu> x(a), y(b), extra_negatives(b);
    values.push_back(
        run<Cpu>(threads, x, y.differentiable(), Weighted{9}, extra_negatives.in(), 0.1));
    rows.push_back(x.slope());
    columns.push_back(y.slope());
  }
  for (const std::size_t i : {1u, 2u}) {
    CHECK(values[i] == values[0]);
    CHECK(rows[i] == rows[0]);
    CHECK(columns[i] == columns[0]);
  }
}

TEMPLATE_TEST_CASE("Pairs: a NaN anywhere makes the value NaN", "[loss]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Dense clean = unit(noise(200, 4, 1));
  Dense bad = clean;
  bad(150, 1) = NAN;
  Strided<D> a(clean), b(clean), c(clean), x(bad);
  CHECK(std::isfinite(run<D>(1, a, b.differentiable(), Weighted{2}, c.in(), 0.5)));
  CHECK(std::isnan(run<D>(1, x, b.differentiable(), Weighted{2}, c.in(), 0.5)));
  CHECK(std::isnan(run<D>(1, a, x.differentiable(), Weighted{2}, c.in(), 0.5)));
  CHECK(std::isnan(run<D>(1, a, b.differentiable(), Weighted{2}, x.in(), 0.5)));
  CHECK(a.slope().hasNaN());
}

TEST_CASE("Pairs: an infinite negative makes the value NaN, of either sign", "[loss]") {
  const Dense clean = unit(noise(200, 4, 1));
  for (const double infinity : {double{INFINITY}, -double{INFINITY}}) {
    CAPTURE(infinity);
    Dense bad = clean;
    bad(150, 1) = infinity;
    Strided<Cpu> a(clean), b(clean), x(bad);
    CHECK(std::isnan(run<Cpu>(1, a, b.differentiable(), Weighted{2}, x.in(), 0.5)));
  }
}

TEST_CASE("Pairs: a block that is exceptional but holds plain negatives only changes nothing",
          "[loss]") {
  struct Suspicious {
    OtherViewsRelation inner;
    Pair operator()(Index i, Index j) const { return inner(i, j); }
    bool has_exceptions(PairBlock) const { return true; }
  };
  const Dense z = unit(noise(606, 5, 1));
  for (const Index views : {2, 3, 6}) {
    CAPTURE(views);
    const OtherViewsRelation other_views{606 / views, views};
    Strided<F64> a(z), b(z), c(z), d(z);
    CHECK(
        run<F64>(1, a, b.differentiable(), other_views, {}, .1) ==
        Approx(run<F64>(1, c, d.differentiable(), Suspicious{other_views}, {}, .1)).epsilon(1e-14));
    CHECK(worst(a.slope(), c.slope()) < 1e-13);
    CHECK(worst(b.slope(), d.slope()) < 1e-13);
  }
}

TEST_CASE("Pairs: a relation that names no exceptions is asked for every pair", "[loss]") {
  const auto plain = [](Index i, Index j) { return OtherViewsRelation{303, 2}(i, j); };
  STATIC_REQUIRE(Relation<decltype(plain)>);
  Strided<F64> a(unit(noise(606, 7, 1))), b(a.rounded());
  CHECK(run<F64>(2, a, SameRows{}, OtherViewsRelation{303, 2}, {}, .1) ==
        run<F64>(2, b, SameRows{}, plain, {}, .1));
  CHECK(a.slope() == b.slope());
}

TEMPLATE_TEST_CASE(
    "Pairs of long rows at a low temperature stay exact and finite", "[loss]",
    SELFSAME_TEST_DEVICES) {  // logits of thousands: each anchor has a shift of its own
  using D = TestType;
  for (const Sizes& n : all_sizes) {
    CAPTURE(n.rows, n.columns, n.extra_negatives, n.width);
    const double scale =
        std::is_same_v<Real<D>, float> ? 20 : 200;  // logits up to about 4e3 and 4e5
    Strided<D> rows(scale * unit(noise(n.rows, n.width, 1))),
        columns(scale * unit(noise(n.columns, n.width, 2))),
        extra_negatives(scale * unit(noise(n.extra_negatives, n.width, 3)));
    const double temperature = 0.1, rounding = 400 * epsilon<D> * scale * scale / temperature;
    const auto r = naive_contrast(rows.rounded(), columns.rounded(), extra_negatives.rounded(),
                                  Weighted{n.band}, temperature);
    const auto s = naive_contrast(rows.rounded(), rows.rounded(), extra_negatives.rounded(),
                                  Weighted{n.band}, temperature);
    const double differentiable = run<D>(2, rows, columns.differentiable(), Weighted{n.band},
                                         extra_negatives.in(), temperature);
    CHECK(std::abs(differentiable - r.value) < rounding * std::max(1.0, std::abs(r.value)));
    CHECK(worst(rows.slope(), r.rows, scale) < rounding);
    CHECK(worst(columns.slope(), r.columns, scale) < rounding);
    const double constant =
        run<D>(2, rows, columns.in(), Weighted{n.band}, extra_negatives.in(), temperature);
    CHECK(std::abs(constant - r.value) < rounding * std::max(1.0, std::abs(r.value)));
    CHECK(worst(rows.slope(), r.rows, scale) < rounding);
    const double same =
        run<D>(2, rows, SameRows{}, Weighted{n.band}, extra_negatives.in(), temperature);
    CHECK(std::abs(same - s.value) < rounding * std::max(1.0, std::abs(s.value)));
    CHECK(worst(rows.slope(), s.rows + s.columns, scale) < rounding);
  }
}

TEMPLATE_TEST_CASE(
    "Pairs whose logits are huge have the gradient of the largest alone, on every instruction set",
    "[loss]", SELFSAME_TEST_DEVICES) {
  // Here the rounding of one logit is beyond any exponential: the largest must be subtracted from itself exactly.
  using D = TestType;
  const Isa best = isa_in_use();
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512})
    for (const double scale : {1e5, 1e10, 1e18}) {
      if (static_cast<int>(isa) > static_cast<int>(best)) continue;
      isa_in_use() = isa;
      CAPTURE(static_cast<int>(isa), scale);
      Strided<D> rows(scale * unit(noise(60, 11, 1))), columns(scale * unit(noise(130, 11, 2))),
          extra_negatives(scale * unit(noise(30, 11, 3)));
      const auto r = naive_contrast(rows.rounded(), columns.rounded(), extra_negatives.rounded(),
                                    Weighted{200}, 0.3);
      const auto s = naive_contrast(rows.rounded(), rows.rounded(), extra_negatives.rounded(),
                                    Weighted{200}, 0.3);
      const double rounding = 400 * epsilon<D>;
      CHECK(run<D>(2, rows, columns.differentiable(), Weighted{200}, extra_negatives.in(), 0.3) ==
            Approx(r.value).epsilon(rounding));
      CHECK(worst(rows.slope(), r.rows) < rounding);
      CHECK(worst(columns.slope(), r.columns) < rounding);
      CHECK(run<D>(2, rows, columns.in(), Weighted{200}, extra_negatives.in(), 0.3) ==
            Approx(r.value).epsilon(rounding));
      CHECK(worst(rows.slope(), r.rows) < rounding);
      CHECK(run<D>(2, rows, SameRows{}, Weighted{200}, extra_negatives.in(), 0.3) ==
            Approx(s.value).epsilon(rounding));
      CHECK(worst(rows.slope(), s.rows + s.columns) < rounding);
    }
  isa_in_use() = best;
}

TEST_CASE("Pairs give the same results on every instruction set", "[loss]") {
  const Dense a = unit(noise(230, 19, 1)), b = unit(noise(260, 19, 2));
  const Isa best = isa_in_use();
  std::vector<double> values;
  std::vector<Dense> slopes;
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (static_cast<int>(isa) > static_cast<int>(best)) break;
    isa_in_use() = isa;
    Strided<F64> x(a), y(b), extra_negatives(b);
    values.push_back(run<F64>(1, x, y.differentiable(), Weighted{9}, extra_negatives.in(), 0.1));
    values.push_back(run<F64>(1, x, SameRows{}, Weighted{9}, extra_negatives.in(), 0.1));
    slopes.push_back(x.slope());
  }
  isa_in_use() = best;
  for (std::size_t i = 1; i < slopes.size(); ++i) {
    CHECK(values[2 * i] == Approx(values[0]).epsilon(1e-14));
    CHECK(values[2 * i + 1] == Approx(values[1]).epsilon(1e-14));
    CHECK(worst(slopes[i], slopes[0]) < 1e-13);
  }
}

TEST_CASE("Rows that descend a user's relation come closer the more it weighs a pair", "[loss]") {
  /// Four rows in a ring: neighbours 0-1 are positives, 1-2 softly so, 3 is a negative that counts thrice.
  struct Mine {
    Pair operator()(Index i, Index j) const {
      if (i == j) return {0, 0};
      const Index low = std::min(i, j), high = std::max(i, j);
      if (low == 0 && high == 1) return {1, 1};
      if (low == 1 && high == 2) return {0.3, 1};
      return {0, high == 3 ? 3.0 : 1.0};
    }
    bool has_exceptions(PairBlock) const { return true; }
  };
  RowMajor<double> z = unit(noise(4, 3, 4)), slope(4, 3);
  Workspace scratch;
  double first = 0, last = 0;
  for (int step = 0; step < 400; ++step) {
    last = contrast(F64{}, scratch, single_process(),
                    Differentiable<F64>{view<F64>(z), view<F64>(slope)}, SameRows{}, Mine{},
                    In<F64>{nullptr, 0, 3}, 0.5);
    if (step == 0) first = last;
    z = unit(z - 0.2 * slope);
  }
  CHECK(last < first - 0.3);
  const auto cosine = [&](Index i, Index j) { return z.row(i).dot(z.row(j)); };
  CHECK(cosine(0, 1) > cosine(1, 2) + 0.1);
  CHECK(cosine(1, 2) > cosine(0, 2));
  for (const Index i : {0, 1, 2}) CHECK(cosine(i, 3) < cosine(0, 2));
}
