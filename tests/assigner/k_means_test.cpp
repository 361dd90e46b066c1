#include <selfsame/assigner/k_means.hpp>
#include <selfsame/core/fields.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include <atomic>
#include <set>

#include "loss/reference.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

/// x_nj = sin((n + 1)(j + 1))
Dense waves(Index rows, Index cols) {
  Dense m(rows, cols);
  for (Index n = 0; n < rows; ++n)
    for (Index j = 0; j < cols; ++j) m(n, j) = std::sin(static_cast<double>((n + 1) * (j + 1)));
  return m;
}
/// Rows in `lumps` places.
Dense lumpy(Index rows, Index cols, Index lumps, unsigned seed, double apart = 6) {
  Dense m = noise(rows, cols, seed);
  const Dense at = noise(lumps, cols, seed + 1000) * apart;
  for (Index i = 0; i < rows; ++i) m.row(i) += at.row(i * i % lumps);
  return m;
}
template <class D>
Dense centroids(const Clusters<D>& c) {
  return as_eigen(c.centroids()).template cast<double>();
}
Dense of(const Golden::Array& a) {
  return Eigen::Map<const RowMajor<double>>(a.values.data(), a.rows, a.cols);
}
template <class D>
Clusters<D> from(const D& device, In<D> x, const KMeans& numbers, const Dense& first,
                 std::uint64_t seed = 0) {
  const RowMajor<Real<D>> c = first.cast<Real<D>>();
  return k_means(device, x, numbers, seed, view<D>(c));
}

struct Plain {
  Dense centroids;
  std::vector<Index> labels;
  std::vector<double> objectives;
};
/// Lloyd's iterations; an empty cluster stays where it is.
Plain naive(const Dense& x, Dense c, Index iterations) {
  Plain p{std::move(c), std::vector<Index>(static_cast<std::size_t>(x.rows())), {}};
  for (Index t = 0; t <= iterations; ++t) {
    Dense sums = Dense::Zero(p.centroids.rows(), x.cols());
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(p.centroids.rows());
    double objective = 0;
    for (Index i = 0; i < x.rows(); ++i) {
      Index best = 0;
      objective += (p.centroids.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&best);
      p.labels[static_cast<std::size_t>(i)] = best;
      sums.row(best) += x.row(i), ++counts(best);
    }
    p.objectives.push_back(objective);
    for (Index k = 0; k < counts.size() && t < iterations; ++k)
      if (counts(k) > 0) p.centroids.row(k) = sums.row(k) / counts(k);
  }
  return p;
}
std::vector<double> objectives(const std::vector<KMeansStep>& steps) {
  std::vector<double> j;
  for (const KMeansStep& s : steps) j.push_back(s.objective);
  return j;
}

/// All of `x` on `count` ranks, in uneven parts; labels of all.
std::vector<Index> on_ranks(Index count, const RowMajor<double>& x, const KMeans& numbers,
                            std::vector<Clusters<F64>>& results) {
  std::vector<Index> labels(static_cast<std::size_t>(x.rows()), -7);
  results.assign(static_cast<std::size_t>(count), {});
  testing::VirtualRanks(count).run([&](Communicator& ranks) {
    const Index first = x.rows() * ranks.rank() * ranks.rank() / (count * count);
    const Index end = x.rows() * (ranks.rank() + 1) * (ranks.rank() + 1) / (count * count);
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks, pass.seed = 5;
    results[static_cast<std::size_t>(ranks.rank())] =
        numbers.assign(pass, In<F64>(view<F64>(x)).row_range(first, end - first),
                       Vector<Index, F64>{labels.data() + first, end - first});
  });
  return labels;
}

}  // namespace

TEST_CASE("the points 0, 1, 10, 11 fall into two pairs", "[assigner]") {
  const float x[] = {0, 1, 10, 11}, first[] = {0, 10};
  const KMeans numbers{.clusters = 2, .iterations = 5, .until = Until::last};
  const auto c = k_means(Cpu{}, In<Cpu>{x, 4, 1}, numbers, 0, {first, 2, 1});
  CHECK(c.labels == std::vector<Index>{0, 0, 1, 1});
  CHECK(objectives(c.steps) == std::vector<double>{2, 1, 1, 1, 1});
  CHECK(c.centroids()(0, 0) == 0.5f);
  CHECK(c.centroids()(1, 0) == 10.5f);
  CHECK(c.counts == std::vector<Index>{2, 2});
  CHECK(c.objective == 1);
  CHECK((c.steps[0].moved == 4 && c.steps[1].moved == 0));
  const auto settled =
      k_means(Cpu{}, In<Cpu>{x, 4, 1}, KMeans{.clusters = 2, .iterations = 5}, 0, {first, 2, 1});
  CHECK(objectives(settled.steps) == std::vector<double>{2, 1});
  CHECK(settled.labels == c.labels);
}

TEMPLATE_TEST_CASE("a small run has its golden numbers", "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Strided<D> x(waves(40, 3));
  const KMeans numbers{.clusters = 5, .iterations = 6, .until = Until::last};
  const auto c = from(D{}, x.in(), numbers, waves(5, 3));
  const double wanted[] = {27.2125384086, 21.0968823428, 17.2780713893,
                           16.5969691920, 16.5969691920, 16.5969691920};
  const double error = 20 * epsilon<D> + 1e-11;
  for (std::size_t t = 0; t < 6; ++t)
    CHECK(c.steps[t].objective == Approx(wanted[t]).epsilon(error));
  CHECK(c.counts == std::vector<Index>{8, 13, 7, 6, 6});
  const double first[] = {.5739750989, .7720882799, .5444339696};
  for (Index j = 0; j < 3; ++j)
    CHECK(centroids(c)(0, j) == Approx(first[j]).epsilon(error + 1e-10));
  for (const KMeansStep& s : c.steps) CHECK((s.splits == 0 && s.empties == 0));
}

TEST_CASE("a split of an empty cluster has its golden numbers", "[assigner]") {
  const RowMajor<double> x = waves(8, 2);
  Dense first(2, 2);
  first.row(0) = first.row(1) = x.row(0);
  KMeans numbers{.clusters = 2, .iterations = 5, .until = Until::last};
  const auto c = from(F64{}, In<F64>(view<F64>(x)), numbers, first);
  const double wanted[] = {17.4411986175, 8.31130141483, 4.74040219661, 4.74040219661,
                           4.74040219661};
  for (std::size_t t = 0; t < 5; ++t)
    CHECK(c.steps[t].objective == Approx(wanted[t]).epsilon(1e-11));
  CHECK(c.labels == std::vector<Index>{1, 1, 1, 0, 0, 0, 1, 1});
  CHECK((c.steps[0].empties == 1 && c.steps[0].splits == 1 && c.steps[1].splits == 0));

  numbers.iterations = 1;
  numbers.last = LastLabels::kept;
  const Dense split = centroids(from(F64{}, In<F64>(view<F64>(x)), numbers, first));
  CHECK(split(0, 0) == Approx(.192698009008).epsilon(1e-11));
  CHECK(split(0, 1) == Approx(.0606276101482).epsilon(1e-11));
  CHECK(split(1, 0) == Approx(.193074740208).epsilon(1e-11));
  CHECK(split(1, 1) == Approx(.0605093123723).epsilon(1e-11));
  const Eigen::RowVectorXd middle = (split.row(0) + split.row(1)) / 2;
  CHECK((middle - x.colwise().mean()).norm() < 1e-15);

  numbers.empties = Empties::random_split;
  const auto at_once = from(F64{}, In<F64>(view<F64>(x)), numbers, first);
  CHECK(at_once.labels == std::vector<Index>{1, 0, 0, 1, 1, 0, 1, 0});
  CHECK(at_once.counts == std::vector<Index>{4, 4});
  CHECK(centroids(at_once)(1, 0) - centroids(at_once)(0, 0) == Approx(-2e-7));
  CHECK(centroids(at_once)(1, 1) - centroids(at_once)(0, 1) == Approx(2e-7));

  numbers.empties = Empties::none;
  const auto left = from(F64{}, In<F64>(view<F64>(x)), numbers, first);
  CHECK(left.counts == std::vector<Index>{8, 0});
  CHECK((left.steps[0].empties == 1 && left.steps[0].splits == 0));
  CHECK(centroids(left).row(1) == x.row(0));
}

TEST_CASE("a split halves the donor's count and keeps its place", "[assigner]") {
  RowMajor<double> c = noise(4, 5, 1);
  c.row(2).setZero();
  const Dense before = c;
  std::vector<double> sizes{5, 0, 0, 3};
  const Random random(1, Stream::assigner);
  const MatrixView<double, F64> m(c.data(), 4, 5);
  CHECK(detail::split_empties(m, sizes, Index{8}, random) == 2);
  CHECK(sizes[0] + sizes[1] + sizes[2] + sizes[3] == 8);
  for (const double n : sizes) CHECK(n > 0);
  // Five halved is two and a half twice.
  std::vector<double> certain{5, 0};
  RowMajor<double> two = before.topRows(2);
  CHECK(detail::split_empties(MatrixView<double, F64>(two.data(), 2, 5), certain, Index{5},
                              random) == 1);
  CHECK(certain == std::vector<double>{2.5, 2.5});
  for (Index j = 0; j < 5; ++j) {
    CHECK((two(0, j) + two(1, j)) / 2 == Approx(before(0, j)).epsilon(1e-14));
    CHECK(two(1, j) / before(0, j) == Approx(j % 2 == 0 ? 1 + 1.0 / 1024 : 1 - 1.0 / 1024));
  }
  // Factors do not move a zero centroid.
  RowMajor<double> zero = RowMajor<double>::Zero(2, 3);
  std::vector<double> all{4, 0};
  detail::split_empties(MatrixView<double, F64>(zero.data(), 2, 3), all, Index{4}, random);
  CHECK(zero.row(1) == Eigen::RowVector3d(1e-4, -1e-4, 1e-4));
  CHECK(zero.row(0) == -zero.row(1));
}

TEST_CASE("donors are found with the chance of their size", "[assigner]") {
  // Cluster 0 accepts with (4 - 1) / 6, cluster 1 with (5 - 1) / 6, cluster 2 never: so cluster 0
  // is the donor with chance p / (1 - q), p = 1/2, q = (1 - 1/2)(1 - 2/3).
  int first = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    RowMajor<double> c = RowMajor<double>::Ones(3, 1);
    std::vector<double> sizes{4, 5, 0};
    detail::split_empties(MatrixView<double, F64>(c.data(), 3, 1), sizes, Index{9},
                          Random(seed, Stream::assigner));
    first += sizes[0] == 2;
  }
  CHECK(std::abs(first / 4000.0 - 0.6) < 4 * std::sqrt(0.24 / 4000));
}

TEST_CASE("after ten refusals a cluster the largest is split", "[assigner]") {
  RowMajor<double> c = RowMajor<double>::Ones(3, 2);
  std::vector<double> sizes{1, 1, 0};  // nobody may give
  detail::split_empties(MatrixView<double, F64>(c.data(), 3, 2), sizes, Index{1000},
                        Random(1, Stream::assigner));
  CHECK(sizes == std::vector<double>{0.5, 1, 0.5});
}

TEMPLATE_TEST_CASE("iterations are the naive ones", "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = GENERATE(30, 400), width = GENERATE(1, 3, 10), clusters = GENERATE(1, 2, 9);
  CAPTURE(rows, width, clusters);
  const Strided<D> x(lumpy(rows, width, 7, 3));
  const Dense rounded = x.rounded();
  const KMeans numbers{
      .clusters = clusters, .iterations = 4, .empties = Empties::none, .until = Until::last};
  const auto c = from(D{}, x.in(), numbers, rounded.topRows(clusters));
  const Plain p = naive(rounded, rounded.topRows(clusters), 4);
  CHECK(c.labels == p.labels);
  CHECK(worst(centroids(c), p.centroids) < 4 * epsilon<D> + 1e-13);
  const double scale = rounded.squaredNorm();
  for (std::size_t t = 0; t < 4; ++t)
    CHECK(std::abs(c.steps[t].objective - p.objectives[t]) < (4 * epsilon<D> + 1e-13) * scale);
  CHECK(std::abs(c.objective - p.objectives[4]) < (4 * epsilon<D> + 1e-13) * scale);
}

TEST_CASE("the objective never rises", "[assigner]") {
  const std::uint64_t seed = GENERATE(1u, 2u, 3u, 4u);
  const Empties empties = GENERATE(Empties::split, Empties::none, Empties::farthest);
  const RowMajor<double> x = lumpy(300, 4, 5, static_cast<unsigned>(seed));
  const auto c = k_means(
      F64{}, In<F64>(view<F64>(x)),
      KMeans{.clusters = 20, .iterations = 15, .empties = empties, .until = Until::last}, seed);
  for (std::size_t t = 1; t < c.steps.size(); ++t)
    if (c.steps[t - 1].splits == 0)
      CHECK(c.steps[t].objective <= c.steps[t - 1].objective * (1 + 1e-12));
  CHECK(c.objective <= c.steps.back().objective * (1 + 1e-12));
}

TEST_CASE("as many clusters as rows are the rows", "[assigner]") {
  const RowMajor<float> x = noise(9, 4, 1).cast<float>();
  const auto c = k_means(Cpu{}, In<Cpu>(view<Cpu>(x)), KMeans{.clusters = 9});
  CHECK(c.objective == 0);
  CHECK(centroids(c) == Dense(x.cast<double>()));
  for (Index i = 0; i < 9; ++i) CHECK(c.labels[static_cast<std::size_t>(i)] == i);
  CHECK(c.counts == std::vector<Index>(9, 1));
}

TEMPLATE_TEST_CASE("faiss finds the same clusters", "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Golden golden = Golden::read("assigner/k_means.txt");
  const bool spherical = GENERATE(false, true);
  const double bounds = GENERATE(0.0, 1.0);
  CAPTURE(spherical, bounds);
  const std::string name = spherical ? "faiss_spherical_" : "faiss_plain_";
  Dense m = of(golden["x"]);
  if (spherical) m = unit(m);
  const Strided<D> x(m);
  const KMeans numbers{.clusters = 6,
                       .iterations = 5,
                       .spherical = spherical ? Spherical::yes : Spherical::no,
                       .until = Until::last,
                       .bounds = bounds};
  const auto c = from(D{}, x.in(), numbers, m.topRows(6));
  CHECK(worst(centroids(c), of(golden[name + "centroids"])) < 1e-6);
  CHECK(c.labels == golden[name + "labels"].template as<Index>());
  for (std::size_t t = 0; t < 5; ++t) {  // faiss adds dot products where we add distances
    const double theirs = golden[name + "objective"].values[t];
    CHECK(c.steps[t].objective == Approx(spherical ? 2 * (150 - theirs) : theirs).epsilon(1e-5));
  }
}

TEMPLATE_TEST_CASE("scikit-learn finds the same clusters, empty ones too", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Golden golden = Golden::read("assigner/k_means.txt");
  const std::string kind = GENERATE("distinct", "equal");
  const Index iterations = GENERATE(1, 5);
  CAPTURE(kind, iterations);
  const std::string name = "sklearn_" + kind + "_" + std::to_string(iterations) + "_";
  const Strided<D> x(of(golden["x"]));
  Dense first = x.rounded().topRows(6);
  if (kind == "equal")
    first << x.rounded().row(0), x.rounded().row(0), x.rounded().row(0), x.rounded().row(1),
        x.rounded().row(1), x.rounded().row(1);
  const KMeans numbers{
      .clusters = 6, .iterations = iterations, .empties = Empties::farthest, .until = Until::last};
  const auto c = from(D{}, x.in(), numbers, first);
  CHECK(c.steps[0].empties == (kind == "equal" ? 4 : 0));
  CHECK(c.steps[0].splits == c.steps[0].empties);
  CHECK(c.objective == Approx(golden[name + "objective"].values[0]).epsilon(1e-6));
  // Which empty cluster gets which of the farthest rows is not scikit-learn's to say: its partial
  // sort leaves their order open.
  const Dense theirs = of(golden[name + "centroids"]), mine = centroids(c);
  std::set<Index> taken;
  for (Index k = 0; k < 6; ++k) {
    Index same = 0;
    CHECK((theirs.rowwise() - mine.row(k)).rowwise().norm().minCoeff(&same) < 1e-5);
    taken.insert(same);
    for (std::size_t i = 0; i < 150; ++i)
      CHECK((c.labels[i] == k) == (golden[name + "labels"].values[i] == static_cast<double>(same)));
  }
  CHECK(taken.size() == 6);
}

TEST_CASE("a cluster of one row does not give it away", "[assigner]") {
  const double x[] = {0, 0.05, 0.1, 100}, first[] = {0, 90, 500};
  const auto c = k_means(
      F64{}, In<F64>{x, 4, 1},
      KMeans{
          .clusters = 3, .iterations = 1, .empties = Empties::farthest, .last = LastLabels::kept},
      0, {first, 3, 1});
  CHECK(c.labels == std::vector<Index>{0, 0, 2, 1});
  CHECK(centroids(c)(0, 0) == Approx(0.025));
  CHECK(centroids(c)(2, 0) == Approx(0.1));
}

TEST_CASE("labels do not depend on bounds, threads or blocks", "[assigner]") {
  const auto empties =
      GENERATE(Empties::split, Empties::random_split, Empties::farthest, Empties::none);
  const auto first = GENERATE(FirstCentroids::random_rows, FirstCentroids::plus_plus);
  const auto spherical = GENERATE(Spherical::no, Spherical::yes);
  CAPTURE(static_cast<int>(empties), static_cast<int>(first), static_cast<int>(spherical));
  RowMajor<float> x = lumpy(1500, 9, 6, 4, 1).cast<float>();
  x.bottomRows(700).rowwise() = Eigen::RowVectorXf(x.row(0));  // equal rows leave clusters empty
  const In<Cpu> rows = view<Cpu>(x);
  KMeans numbers{.clusters = 180,
                 .iterations = 6,
                 .first = first,
                 .spherical = spherical,
                 .empties = empties,
                 .bounds = 0};
  const auto plain = k_means(Cpu{}, rows, numbers, 3);
  if (first == FirstCentroids::random_rows) CHECK(plain.steps[0].empties > 0);
  numbers.bounds = 20;
  for (const int threads : {1, 2, 3, 7}) {
    CAPTURE(threads);
    const auto c = k_means(Cpu{threads}, rows, numbers, 3);
    CHECK(c.labels == plain.labels);
    CHECK(centroids(c) == centroids(plain));
    CHECK(objectives(c.steps) == objectives(plain.steps));
    CHECK(c.objective == plain.objective);
    CHECK(c.steps.back().distances < plain.steps.back().distances);
  }
  for (const Index block : {1, 97, 1499}) {
    CAPTURE(block);
    const auto c = k_means_of_blocks(
        Cpu{2},
        [&](auto&& f) {
          for (Index i = 0; i < rows.rows; i += block)
            f(rows.row_range(i, std::min(block, rows.rows - i)));
        },
        numbers, 3);
    CHECK(c.labels == plain.labels);
    CHECK(centroids(c) == centroids(plain));
    CHECK(objectives(c.steps) == objectives(plain.steps));
  }
}

TEST_CASE("ranks find what one rank finds, bit for bit", "[assigner]") {
  const auto empties =
      GENERATE(Empties::split, Empties::random_split, Empties::farthest, Empties::none);
  const auto first = GENERATE(FirstCentroids::random_rows, FirstCentroids::plus_plus);
  CAPTURE(static_cast<int>(empties), static_cast<int>(first));
  RowMajor<double> x = lumpy(230, 5, 6, 9, 1);
  x.bottomRows(60).rowwise() = Eigen::RowVectorXd(x.row(2));
  const KMeans numbers{.clusters = 60, .iterations = 5, .first = first, .empties = empties};
  std::vector<Clusters<F64>> one, several;
  const std::vector<Index> labels = on_ranks(1, x, numbers, one);
  if (first == FirstCentroids::random_rows) CHECK(one[0].steps[0].empties > 0);
  for (const Index count : {2, 4}) {
    CAPTURE(count);
    CHECK(on_ranks(count, x, numbers, several) == labels);
    for (const Clusters<F64>& c : several) {
      CHECK(centroids(c) == centroids(one[0]));
      CHECK(c.counts == one[0].counts);
      CHECK(c.objective == Approx(one[0].objective).epsilon(1e-12));
      REQUIRE(c.steps.size() == one[0].steps.size());
      for (std::size_t t = 0; t < c.steps.size(); ++t) {
        CHECK(c.steps[t].objective == Approx(one[0].steps[t].objective).epsilon(1e-12));
        CHECK(c.steps[t].moved == one[0].steps[t].moved);
        CHECK(c.steps[t].splits == one[0].steps[t].splits);
      }
    }
  }
}

TEST_CASE("a rank without rows takes part", "[assigner]") {
  const RowMajor<double> x = lumpy(40, 3, 4, 2);
  std::vector<Clusters<F64>> one, two;
  const KMeans numbers{.clusters = 4};
  const std::vector<Index> labels = on_ranks(1, x, numbers, one);
  testing::VirtualRanks(2).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks, pass.seed = 5;
    std::vector<Index> mine;
    const auto blocks = [&](auto&& f) {
      if (ranks.rank() == 1) f(In<F64>(view<F64>(x)));
    };
    const auto c = numbers.assign_blocks(pass, blocks, mine);
    if (mine != (ranks.rank() == 1 ? labels : std::vector<Index>{}))
      throw std::runtime_error("other labels");
    if (c.objective != one[0].objective) throw std::runtime_error("another objective");
  });
}

TEST_CASE("turned, shifted and scaled rows have the same labels", "[assigner]") {
  const RowMajor<double> x = lumpy(200, 4, 8, 5);
  const Dense turn = rotation(4, 6);
  const KMeans numbers{.clusters = 8,
                       .first = GENERATE(FirstCentroids::random_rows, FirstCentroids::plus_plus)};
  const auto plain = k_means(F64{}, In<F64>(view<F64>(x)), numbers, 2);
  const RowMajor<double> other = (x * turn * 3.7).rowwise() + Eigen::RowVector4d(9, -2, 30, 1);
  const auto c = k_means(F64{}, In<F64>(view<F64>(other)), numbers, 2);
  CHECK(c.labels == plain.labels);
  CHECK(c.objective == Approx(plain.objective * 3.7 * 3.7).epsilon(1e-9));
}

namespace {

/// Whether labels name the lumps of `lumpy`: each lump has one label, and each label one lump.
bool pure(const std::vector<Index>& labels, Index lumps) {
  std::set<std::pair<Index, Index>> met;
  std::set<Index> names;
  for (std::size_t i = 0; i < labels.size(); ++i)
    met.emplace(static_cast<Index>(i * i) % lumps, labels[i]), names.insert(labels[i]);
  std::set<Index> there;
  for (const auto& [lump, label] : met) there.insert(lump);
  return met.size() == there.size() && names.size() == there.size();
}

}  // namespace

// Rows on a grid, so that all numbers are exact wherever they are moved to: four lumps (squares mod 8 are 0, 1 and 4).
TEMPLATE_TEST_CASE("A common offset and a common factor of all rows change no label", "[assigner]",
                   Cpu, F64, (BasicCpu<float, BFloat16>)) {
  using D = TestType;
  using A = Activation<D>;
  constexpr bool half = std::is_same_v<A, BFloat16>;
  constexpr bool wide = std::is_same_v<A, double>;
  const double grid = half ? 0.5 : 0x1p-6;  // bfloat16 holds 128 to 256 in steps of 1
  RowMajor<double> x = lumpy(300, 5, 8, 4, half ? 12 : 6);
  if (half) x *= 4;
  for (double& v : x.reshaped()) v = std::round(v / grid) * grid;
  if (half)
    for (double& v : x.reshaped()) v = std::clamp(2 * std::round(v / 2), -40.0, 40.0);
  const auto spherical = GENERATE(Spherical::no, Spherical::yes);
  if (half && spherical == Spherical::yes) return;
  const double bounds = GENERATE(0.0, 4.0);
  const auto first = GENERATE(FirstCentroids::random_rows, FirstCentroids::plus_plus);
  const auto empties =
      GENERATE(Empties::split, Empties::random_split, Empties::farthest, Empties::none);
  CAPTURE(static_cast<int>(spherical), bounds, static_cast<int>(first), static_cast<int>(empties));
  const KMeans numbers{.clusters = 5,
                       .iterations = 8,
                       .starts = spherical == Spherical::no ? 2 : 1,
                       .first = first,
                       .spherical = spherical,
                       .empties = empties,
                       .bounds = bounds};
  const auto of_rows = [&](double offset, double factor) {
    RowMajor<A> moved(x.rows(), x.cols());
    for (Index i = 0; i < x.size(); ++i) {
      const double v = (x.data()[i] + offset) * factor;
      moved.data()[i] = static_cast<A>(static_cast<Real<D>>(v));
      REQUIRE(static_cast<double>(moved.data()[i]) == v);
    }
    return k_means(D{}, In<D>(view<D>(moved)), numbers, 2);
  };
  if (spherical == Spherical::yes) {  // directions differ by an offset, not by a factor
    const auto plain = of_rows(100, 1);
    for (const double factor : {0x1p-90, 0x1p90})
      CHECK(of_rows(100, factor).labels == plain.labels);
    return;
  }
  const auto plain = of_rows(0, 1);
  std::vector<double> offsets{1e5};
  if (half) offsets = {192};
  if (wide) offsets = {1e5, 0x1p40};
  for (const double offset : offsets)
    for (const double factor : {1.0, 0x1p-90, 0x1p50, 0x1p90}) {
      if (factor != 1 && empties == Empties::random_split) continue;  // its step is 1e-7
      CAPTURE(offset, factor);
      const auto c = of_rows(offset, factor);
      CHECK(c.labels == plain.labels);
      CHECK(c.objective == Approx(plain.objective * factor * factor).epsilon(half ? 1e-3 : 1e-5));
      const Dense wanted = (centroids(plain).array() + offset) * factor;
      CHECK(worst(centroids(c), wanted) < 1e-6);
    }
}

TEST_CASE("Clusters are found beside an offset of a hundred thousand, in any direction",
          "[assigner]") {
  const auto spherical = GENERATE(Spherical::no, Spherical::yes);
  const double offset = GENERATE(1e3, 1e5);
  RowMajor<float> x = (lumpy(400, 8, 8, 4, 40).array() + offset).matrix().cast<float>();
  x.row(7).setZero();  // a few rows elsewhere do not take the origin away
  if (spherical == Spherical::yes) x.row(7) = x.row(15);
  const KMeans numbers{.clusters = spherical == Spherical::no ? 4 : 3,
                       .starts = 8,
                       .first = FirstCentroids::plus_plus,
                       .spherical = spherical};
  const In<Cpu> rows = view<Cpu>(x);
  auto c = k_means(Cpu{}, rows, numbers, 1);
  const auto stream = k_means_of_blocks(
      Cpu{3},
      [&](auto&& f) {
        for (Index i = 0; i < 400; i += 41) f(rows.row_range(i, std::min<Index>(41, 400 - i)));
      },
      numbers, 1);
  CHECK(stream.labels == c.labels);
  CHECK(centroids(stream) == centroids(c));
  if (spherical == Spherical::no) {
    CHECK(c.counts[static_cast<std::size_t>(c.labels[7])] == 1);
    c.labels[7] = c.labels[15];
  }
  std::set<Index> names(c.labels.begin(), c.labels.end());
  CHECK(pure(c.labels, 8));
  CHECK(names.size() == 3);
}

TEST_CASE("first centroids are distinct rows, and others with another seed", "[assigner]") {
  const RowMajor<float> x = noise(50, 3, 1).cast<float>();
  const auto start = [&](std::uint64_t seed, FirstCentroids first) {
    // One iteration of as many clusters as rows but one: the first centroids show in the labels.
    const auto c = k_means(Cpu{}, In<Cpu>(view<Cpu>(x)),
                           KMeans{.clusters = 49,
                                  .iterations = 1,
                                  .first = first,
                                  .empties = Empties::none,
                                  .last = LastLabels::kept},
                           seed);
    CHECK(c.steps[0].empties == 0);
    return c.labels;
  };
  for (const auto first : {FirstCentroids::random_rows, FirstCentroids::plus_plus}) {
    CHECK(start(1, first) == start(1, first));
    CHECK(start(1, first) != start(2, first));
  }
  const F64 device;
  Workspace scratch;
  Pass<F64> pass;
  pass.device = &device, pass.workspace = &scratch;
  const RowMajor<double> rows = noise(50, 3, 1);
  std::vector<Index> a(50), b(50), again(50);
  const KMeans numbers{.clusters = 20, .iterations = 1};
  numbers.assign(pass, In<F64>(view<F64>(rows)), view<F64>(a));
  numbers.assign(pass, In<F64>(view<F64>(rows)), view<F64>(again));
  pass.progress.epoch = 1;  // section 8, pitfall 7
  numbers.assign(pass, In<F64>(view<F64>(rows)), view<F64>(b));
  CHECK(a == again);
  CHECK(a != b);
}

TEST_CASE("k-means++ draws rows by their squared distance", "[assigner]") {
  // Of the rows 0, 1 and 3 it draws 0 and 1, and leaves a distance of 4, with probability
  // (1 / 10 + 1 / 5) / 3: after 0 the chances are as 1 to 9, after 1 as 1 to 4.
  const double x[] = {0, 1, 3};
  const KMeans numbers{.clusters = 2,
                       .iterations = 1,
                       .first = FirstCentroids::plus_plus,
                       .empties = Empties::none,
                       .last = LastLabels::kept};
  int lower = 0;
  for (std::uint64_t seed = 0; seed < 6000; ++seed)
    lower += k_means(F64{}, In<F64>{x, 3, 1}, numbers, seed).objective == 4;
  CHECK(std::abs(lower / 6000.0 - 0.1) < 4 * std::sqrt(0.09 / 6000));
}

TEST_CASE("k-means++ starts in every lump", "[assigner]") {
  const RowMajor<double> x = lumpy(300, 6, 20, 7, 40);
  const KMeans numbers{.clusters = 20,
                       .iterations = 1,
                       .first = FirstCentroids::plus_plus,
                       .last = LastLabels::kept};
  std::set<Index> lumps;
  for (Index i = 0; i < 300; ++i) lumps.insert(i * i % 20);
  KMeans some = numbers;
  some.clusters = static_cast<Index>(lumps.size());
  const auto c = k_means(F64{}, In<F64>(view<F64>(x)), some, 1);
  CHECK(c.steps[0].objective < 300 * 6 * 4);  // no lump is missed
}

TEST_CASE("of several starts the best is kept", "[assigner]") {
  const RowMajor<double> x = lumpy(200, 3, 10, 8);
  KMeans numbers{.clusters = 10, .iterations = 8, .starts = 6};
  const auto best = k_means(F64{}, In<F64>(view<F64>(x)), numbers, 4);
  numbers.starts = 1;
  const auto one = k_means(F64{}, In<F64>(view<F64>(x)), numbers, 4);
  CHECK(best.objective < one.objective);  // of this seed
  double objective = 0;
  for (Index i = 0; i < 200; ++i)
    objective +=
        (x.row(i) - centroids(best).row(best.labels[static_cast<std::size_t>(i)])).squaredNorm();
  CHECK(objective == Approx(best.objective).epsilon(1e-12));
}

TEST_CASE("spherical centroids have unit length and take the largest dot product", "[assigner]") {
  const RowMajor<double> x = unit(lumpy(120, 4, 5, 3));
  const auto c =
      k_means(F64{}, In<F64>(view<F64>(x)),
              KMeans{.clusters = 7, .spherical = Spherical::yes, .empties = Empties::none}, 1);
  const Dense m = centroids(c);
  for (Index k = 0; k < 7; ++k) CHECK(m.row(k).norm() == Approx(1).epsilon(1e-14));
  for (Index i = 0; i < 120; ++i) {
    Index best = 0;
    (m * x.row(i).transpose()).maxCoeff(&best);
    CHECK(best == c.labels[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("equal rows are degenerate, and no NaN comes of them", "[assigner]") {
  const RowMajor<float> x = RowMajor<float>::Constant(20, 3, 0.1f);
  const auto c = k_means(Cpu{}, In<Cpu>(view<Cpu>(x)), KMeans{.clusters = 4});
  CHECK(c.status == ClusterStatus::degenerate);
  CHECK(c.labels == std::vector<Index>(20, 0));
  CHECK(centroids(c).allFinite());
  CHECK(c.objective == 0);
}

TEST_CASE("two places and many clusters leave some empty", "[assigner]") {
  RowMajor<float> x(30, 2);
  for (Index i = 0; i < 30; ++i) x.row(i).setConstant(i % 2 == 0 ? 1.0f : -1.0f);
  const auto empties =
      GENERATE(Empties::split, Empties::random_split, Empties::farthest, Empties::none);
  CAPTURE(static_cast<int>(empties));
  const auto c =
      k_means(Cpu{}, In<Cpu>(view<Cpu>(x)), KMeans{.clusters = 6, .empties = empties}, 1);
  CHECK(c.status == ClusterStatus::done);
  CHECK(centroids(c).allFinite());
  for (std::size_t i = 2; i < 30; ++i) CHECK(c.labels[i] == c.labels[i % 2]);
  CHECK(c.labels[0] != c.labels[1]);
  CHECK(std::count(c.counts.begin(), c.counts.end(), Index{0}) == 4);
}

TEST_CASE("A row that is not finite is refused by its number, in memory and in a stream",
          "[assigner]") {
  const double bad = GENERATE(static_cast<double>(NAN), static_cast<double>(INFINITY), 1e200);
  RowMajor<double> x = noise(20, 3, 1);
  x(17, 1) = bad;
  const In<F64> rows = view<F64>(x);
  const auto says = ContainsSubstring("row 17 of the features is not finite");
  CHECK_THROWS_WITH(k_means(F64{}, rows, KMeans{.clusters = 4}), says);
  CHECK_THROWS_WITH(k_means_of_blocks(
                        F64{}, [&](auto&& f) { f(rows.row_range(0, 9)), f(rows.row_range(9, 11)); },
                        KMeans{.clusters = 4}),
                    says);
}

TEST_CASE("A row that is not finite is refused on every rank", "[assigner]") {
  RowMajor<double> x = noise(20, 3, 1);
  x(17, 1) = NAN;
  std::atomic<int> refused = 0;
  testing::VirtualRanks(2).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
    std::vector<Index> labels(10);
    try {
      KMeans{.clusters = 4}.assign(pass, In<F64>(view<F64>(x)).row_range(10 * ranks.rank(), 10),
                                   view<F64>(labels));
    } catch (const std::invalid_argument& e) {
      refused += std::string(e.what()).find("row 17 of the features") != std::string::npos;
    }
  });
  CHECK(refused == 2);
}

TEST_CASE("errors of k-means state both sides", "[assigner]") {
  const RowMajor<float> x = noise(5, 3, 1).cast<float>(), first = noise(4, 2, 1).cast<float>();
  const In<Cpu> rows = view<Cpu>(x);
  CHECK_THROWS_WITH(
      k_means(Cpu{}, rows, KMeans{.clusters = 6}),
      "selfsame: 5 rows, 6 clusters; there must be as many rows as clusters, or more");
  CHECK_THROWS_WITH(
      k_means(Cpu{}, rows, KMeans{.clusters = 4}, 0, view<Cpu>(first)),
      "selfsame: first centroids are (4, 2), clusters and width are (4, 3); they must agree");
  CHECK_THROWS_WITH(
      k_means_of_blocks(
          Cpu{}, [&](auto&& f) { f(rows), f(rows.col_range(0, 2)); }, KMeans{.clusters = 2}),
      ContainsSubstring("a block is (5, 2), the first one has width 3"));
  Index calls = 0;
  CHECK_THROWS_WITH(k_means_of_blocks(
                        Cpu{}, [&](auto&& f) { f(rows.row_range(0, ++calls == 1 ? 5 : 4)); },
                        KMeans{.clusters = 2}),
                    ContainsSubstring("4 rows, at their first reading they had 5"));
  const Cpu device;
  Workspace scratch;
  Pass<Cpu> pass;
  pass.device = &device, pass.workspace = &scratch;
  std::vector<Index> labels(4);
  CHECK_THROWS_WITH(KMeans{.clusters = 2}.assign(pass, rows, view<Cpu>(labels)),
                    ContainsSubstring("features are (5, 3), labels are (4)"));
}

TEST_CASE("the numbers of k-means print", "[assigner]") {
  KMeans numbers;
  set(numbers, "empties=farthest");
  set(numbers, "clusters=300");
  CHECK(numbers.empties == Empties::farthest);
  CHECK(numbers.clusters == 300);
  CHECK_THAT(json(numbers), ContainsSubstring("farthest") && ContainsSubstring("300"));
}
