#include <selfsame/assigner/class_balance.hpp>

#include "loss/row_reference.hpp"

#include <numeric>

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;
using Status = BalanceReport::Status;
using Rule = ClassBalance::Rule;

namespace {

template <class D>
struct Pool {
  std::vector<Index> labels;
  std::vector<Real<D>> sure;
  std::vector<Index> samples{}, copies{};

  BalanceReport balance(Index classes, const ClassBalance& numbers, std::uint64_t seed = 1) {
    if (samples.empty()) {
      samples.resize(labels.size());
      std::iota(samples.begin(), samples.end(), Index{0});
    }
    copies.assign(labels.size(), -9);
    return balance_classes(D{}, classes, view<D>(std::as_const(labels)),
                           view<D>(std::as_const(sure)), view<D>(std::as_const(samples)),
                           view<D>(copies), seed, numbers);
  }
  Index items() const { return std::accumulate(copies.begin(), copies.end(), Index{0}); }
};
/// Many images of three classes: rich, poor and rare.
Pool<F64> crowd() {
  Pool<F64> p;
  for (Index i = 0; i < 3000; ++i) {
    p.labels.push_back(i % 50 == 0 ? 2 : i % 10 == 0);
    p.sure.push_back(.25 + .75 * std::abs(std::sin(static_cast<double>(i))));
  }
  return p;
}

}  // namespace

TEMPLATE_TEST_CASE("Thresholds of classes have Noisy Student's golden numbers", "[assigner]", Cpu,
                   F64) {
  using R = Real<TestType>;
  struct Row {
    Index wanted;
    double threshold;
    Index images;
    double rho;
  };
  for (const Row& row : {Row{1, .95, 1, 1},
                         {2, .90, 3, 2. / 3},
                         {3, .90, 3, 1},
                         {4, .62, 4, 1},
                         {10, .30, 6, 5. / 3}}) {
    CAPTURE(row.wanted);
    Pool<TestType> pool{std::vector<Index>(7, 0),
                        {R(.95), R(.905), R(.90), R(.62), R(.31), R(.30), R(.29)}};
    const BalanceReport report = pool.balance(1, {.per_class = row.wanted});
    CHECK(report.classes[0].threshold == Approx(row.threshold).epsilon(1e-15));
    CHECK(report.classes[0].images == row.images);
    CHECK(report.classes[0].copies == Approx(row.rho).epsilon(1e-15));
    CHECK(report.status == Status::balanced);
    CHECK(report.items == pool.items());
    for (std::size_t i = 0; i < 7; ++i) {
      const bool kept = static_cast<Index>(i) < row.images;
      const Index least = kept ? static_cast<Index>(row.rho) : 0;
      const Index most = kept ? static_cast<Index>(std::ceil(row.rho)) : 0;
      CHECK((pool.copies[i] >= least && pool.copies[i] <= most));
    }
  }
}

TEST_CASE("A confidence is compared in its own type", "[assigner]") {  // section 4
  // a float of nominally .90 is .90 as a float, and below it as a double
  Pool<Cpu> single{{0}, {.9f}};
  Pool<F64> wide{{0}, {static_cast<double>(.9f)}};
  CHECK(single.balance(1, {.floor = .9, .per_class = 1}).items == 1);
  CHECK(wide.balance(1, {.floor = .9, .per_class = 1}).status == Status::empty);
  Index down = 0;
  for (int k = 30; k <= 100; ++k) {
    const auto s = static_cast<float>(k / 100.0);
    Pool<Cpu> own{{0}, {s}};
    CHECK(own.balance(1, {.floor = k / 100.0, .per_class = 1}).items == 1);
    Pool<F64> as_double{{0}, {static_cast<double>(s)}};
    down += as_double.balance(1, {.floor = k / 100.0, .per_class = 1}).items == 0;
  }
  CHECK(down == 34);
}

TEST_CASE("The threshold is the largest of the grid that leaves enough images, else the floor",
          "[assigner]") {
  Pool<F64> pool = crowd();
  const double floor = GENERATE(0.3, 0.5, 0.0, 1.0);
  const Index wanted = GENERATE(1, 17, 200, 5000);
  const BalanceReport report = pool.balance(3, {.floor = floor, .per_class = wanted});
  for (Index c = 0; c < 3; ++c) {
    const auto from = [&](double threshold) {
      Index n = 0;
      for (std::size_t i = 0; i < pool.labels.size(); ++i)
        n += pool.labels[i] == c && pool.sure[i] >= threshold;
      return n;
    };
    double threshold = floor;
    for (int k = 100; k / 100.0 > floor; --k)
      if (from(k / 100.0) >= wanted) {
        threshold = k / 100.0;
        break;
      }
    const ClassShare& share = report.classes[static_cast<std::size_t>(c)];
    CHECK(share.threshold == threshold);
    CHECK(share.images == from(threshold));
    if (share.images > 0)
      CHECK(share.copies == static_cast<double>(wanted) / static_cast<double>(share.images));
  }
  for (std::size_t i = 0; i < pool.labels.size(); ++i) {  // nothing below the floor
    const ClassShare& share = report.classes[static_cast<std::size_t>(pool.labels[i])];
    if (pool.sure[i] < share.threshold) CHECK(pool.copies[i] == 0);
    const Index whole = static_cast<Index>(share.copies);
    if (pool.sure[i] >= share.threshold)
      CHECK((pool.copies[i] == whole || pool.copies[i] == whole + 1));
  }
}

TEST_CASE("Each class has as many items as asked for, on average", "[assigner]") {
  for (const auto& [images, wanted] :
       {std::pair<Index, Index>{1000, 300}, {700, 1000}, {3, 1000}, {999, 1000}}) {
    CAPTURE(images, wanted);
    Pool<F64> pool{std::vector<Index>(static_cast<std::size_t>(images), 0),
                   std::vector<double>(static_cast<std::size_t>(images), .705)};
    double sum = 0;
    const int seeds = 40;
    for (int seed = 0; seed < seeds; ++seed)
      sum += static_cast<double>(
          pool.balance(1, {.per_class = wanted}, static_cast<std::uint64_t>(seed)).items);
    const double rho = static_cast<double>(wanted) / static_cast<double>(images),
                 rest = rho - std::floor(rho);
    const double deviation = std::sqrt(static_cast<double>(seeds * images) * rest * (1 - rest));
    CHECK(std::abs(sum - static_cast<double>(seeds * wanted)) <= 5 * deviation);
  }
}

TEST_CASE("A whole number of copies is exact, and without upsampling none is written twice",
          "[assigner]") {
  const std::vector<Index> zeros(40, 0);
  Pool<F64> pool{zeros, std::vector<double>(40, .8)};
  for (const Index times : {1, 2, 7}) {
    pool.balance(1, {.per_class = 40 * times});
    for (const Index n : pool.copies) CHECK(n == times);
  }
  const BalanceReport report = pool.balance(1, {.per_class = 95, .upsample = false});
  CHECK(report.classes[0].copies == 1);
  for (const Index n : pool.copies) CHECK(n == 1);
  Pool<F64> many = crowd();
  many.balance(3, {.per_class = 100, .upsample = false});
  for (const Index n : many.copies) CHECK(n <= 1);
}

TEST_CASE("Without balancing each sure image is written once", "[assigner]") {
  Pool<F64> pool = crowd();
  Index before = 1 << 30;
  for (const double floor : {0.0, .3, .6, .9, 1.0}) {  // fewer as the floor rises
    const BalanceReport report =
        pool.balance(3, {.floor = floor, .per_class = 5, .rule = Rule::none});
    for (std::size_t i = 0; i < pool.labels.size(); ++i)
      CHECK(pool.copies[i] == (pool.sure[i] >= floor));
    CHECK(report.items <= before);
    before = report.items;
  }
}

TEST_CASE("The surest images of a class are taken, the lowest sample of equals, in turn again",
          "[assigner]") {
  Pool<F64> pool{{0, 0, 0, 1, 1, 0, 1}, {.9, .8, .8, .5, .7, .2, .31}, {10, 9, 4, 1, 2, 3, 0}};
  const auto take = [&](Index wanted, bool upsample = true) {
    return pool.balance(2, {.per_class = wanted, .rule = Rule::top, .upsample = upsample});
  };
  BalanceReport report = take(2);
  CHECK(pool.copies == std::vector<Index>{1, 0, 1, 1, 1, 0, 0});
  CHECK((report.classes[0].threshold == .8 && report.classes[0].images == 2 &&
         report.classes[0].copies == 1));
  CHECK(report.items == 4);
  report = take(5);  // three of either class are sure enough: 2, 2, 1 copies
  CHECK(pool.copies == std::vector<Index>{2, 1, 2, 2, 2, 0, 1});
  CHECK(report.items == 10);
  CHECK(report.classes[1].copies == Approx(5. / 3));
  take(5, false);
  CHECK(pool.copies == std::vector<Index>{1, 1, 1, 1, 1, 0, 1});
}

TEST_CASE(
    "A class without images gives nothing and is reported, and an unsure teacher leaves nothing",
    "[assigner]") {
  const Rule rule = GENERATE(Rule::grid, Rule::top, Rule::none);
  const ClassBalance numbers{.per_class = 3, .rule = rule};
  Pool<F64> pool{{0, 2, 2, -1}, {.9, .5, .1, .99}};
  const BalanceReport report = pool.balance(4, numbers);
  CHECK(report.status == Status::classes_missing);
  CHECK((report.classes[1].images == 0 && report.classes[1].copies == 0));
  CHECK((report.classes[2].images == 1 && pool.copies[1] == (rule == Rule::none ? 1 : 3)));
  CHECK((pool.copies[2] == 0 && pool.copies[3] == 0));
  Pool<F64> uniform{{0, 0, 0}, {.1, .1, .1}};  // of ten classes
  const BalanceReport none = uniform.balance(10, numbers);
  CHECK((none.status == Status::empty && none.items == 0));
  CHECK(uniform.copies == std::vector<Index>{0, 0, 0});
  Pool<F64> nobody{{}, {}};
  CHECK(nobody.balance(2, numbers).status == Status::empty);
  // a rounding above 1 is kept; what is no confidence is refused, if it is of a label
  Pool<F64> odd{{0, -1}, {1.0000001, NAN}};
  CHECK(odd.balance(1, {.per_class = 1, .rule = rule}).items == 1);
  CHECK(odd.copies[0] == 1);
  for (const double x : {double{NAN}, 2.5, double{INFINITY}, -0.1}) {
    Pool<F64> none_such{{0, 0}, {0.5, x}};
    CHECK_THROWS_WITH(none_such.balance(1, {.per_class = 1, .rule = rule}),
                      Catch::Matchers::ContainsSubstring("confidence 1 is "));
  }
}

TEST_CASE("A floor that every confidence reaches is reported", "[assigner]") {
  Pool<F64> pool{{0, 1}, {.6, .6}};
  CHECK_FALSE(pool.balance(3, {.per_class = 1}).floor_holds);  // 1 / 3 >= .3
  CHECK(pool.balance(4, {.per_class = 1}).floor_holds);
}

TEST_CASE("Neither order nor ranks change what is kept, and a seed does", "[assigner]") {
  const Rule rule = GENERATE(Rule::grid, Rule::top, Rule::none);
  const ClassBalance numbers{.per_class = 190, .rule = rule};
  Pool<F64> pool = crowd();
  const BalanceReport one = pool.balance(3, numbers);
  Pool<F64> back = pool;
  std::reverse(back.labels.begin(), back.labels.end());
  std::reverse(back.sure.begin(), back.sure.end());
  std::reverse(back.samples.begin(), back.samples.end());
  back.balance(3, numbers);
  std::reverse(back.copies.begin(), back.copies.end());
  CHECK(back.copies == pool.copies);
  Pool<F64> other = pool;
  other.balance(3, numbers, 2);
  CHECK((other.copies != pool.copies) == (rule == Rule::grid));
  for (const std::vector<Index>& first :
       {std::vector<Index>{0, 1500, 3000}, {0, 7, 7, 2000, 3000}}) {
    std::vector<Index> copies(3000, -9);
    const auto count = static_cast<Index>(first.size()) - 1;
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const auto me = static_cast<std::size_t>(ranks.rank());
      const Index from = first[me], n = first[me + 1] - from;
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device;
      pass.workspace = &scratch;
      pass.ranks = &ranks;
      pass.seed = 1;
      const BalanceReport mine =
          numbers(pass, 3, view_of(pool.labels).part(from, n),
                  Vector<const double, F64>(view<F64>(pool.sure)).part(from, n),
                  view_of(pool.samples).part(from, n), view<F64>(copies).part(from, n));
      if (mine.items != one.items || mine.status != one.status)
        throw std::runtime_error("another report");
      for (std::size_t c = 0; c < 3; ++c)
        if (mine.classes[c].threshold != one.classes[c].threshold ||
            mine.classes[c].images != one.classes[c].images)
          throw std::runtime_error("another class");
    });
    CHECK(copies == pool.copies);
  }
}

TEST_CASE("Balancing refuses what does not fit and prints both sides", "[assigner]") {
  Pool<F64> pool{{0, 1}, {.5, .5}};
  CHECK_THROWS_WITH(pool.balance(2, {.floor = .305}),
                    ContainsSubstring("0.305") && ContainsSubstring("0.01"));
  CHECK_THROWS_WITH(pool.balance(1, {}),
                    ContainsSubstring("label 1 is 1") && ContainsSubstring("classes are 1"));
  pool.sure.push_back(.5);
  CHECK_THROWS_WITH(pool.balance(2, {}),
                    ContainsSubstring("2 labels") && ContainsSubstring("3 confidences"));
  CHECK((ClassBalance{}.floor == .3 && ClassBalance{}.per_class == 130000));
}
