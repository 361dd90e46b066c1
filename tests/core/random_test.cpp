#include <selfsame/core/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace selfsame;

namespace {

constexpr Random test_numbers(std::uint64_t path = 0) { return Random(7, Stream::test, path); }

struct Moments {
  double mean, variance;
};
Moments moments(const std::vector<double>& x) {
  double sum = 0, square = 0;
  for (const double v : x) sum += v;
  const double mean = sum / static_cast<double>(x.size());
  for (const double v : x) square += (v - mean) * (v - mean);
  return {mean, square / static_cast<double>(x.size())};
}
template <class F>
std::vector<double> sample(const F& f, Index n = 40'000) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = f(i);
  return x;
}
/// Kolmogorov and Smirnov's distance times the root of n: above 1.95 with probability 0.001.
template <class F>
double distance(std::vector<double> x, const F& distribution) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double d = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double f = distribution(x[i]);
    d = std::max({d, std::abs(f - static_cast<double>(i) / n),
                  std::abs(f - static_cast<double>(i + 1) / n)});
  }
  return d * std::sqrt(n);
}
// A lambda would be constexpr, and g++ 12 would run it while it compiles.
bool complete(const Random& r, Index n) {
  std::vector<bool> hit(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) {
    const Index to = r.permuted(i, n);
    if (to < 0 || to >= n || hit[static_cast<std::size_t>(to)]) return false;
    hit[static_cast<std::size_t>(to)] = true;
  }
  return true;
}
std::vector<Index> permutation(std::uint64_t seed, std::uint32_t turn, std::uint64_t path) {
  std::vector<Index> p;
  for (Index i = 0; i < 1000; ++i)
    p.push_back(Random(seed, Stream::order, path, {{0, turn}, 0, 0}).permuted(i, 1000));
  return p;
}
template <class F>
double correlation(const F& f) {  // of neighbours, in standard deviations
  double sum = 0;
  for (Index i = 0; i < 40'000; ++i) sum += (f(i) - 0.5) * (f(i + 1) - 0.5);
  return std::abs(sum / 40'000 * 12) * 200;
}
Index equal_places(const std::vector<Index>& a, const std::vector<Index>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), Index{0}, std::plus<>(),
                            std::equal_to<>());
}
double normal_below(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

}  // namespace

TEST_CASE("The packing of random numbers is that of version 1, for good", "[core]") {
  static_assert(random_packing == 1);
  // Computed when version 1 was fixed. Whoever changes one of these breaks every resumed training.
  const Random plain(1, Stream::view);
  const Random full(0x123456789abcdef0ull, Stream::layer, 0xfedcba9876543210ull,
                    Key{{0x0000a1b2c3d4e5f6, 0xdeadbeef}, 3, 5});
  CHECK(plain.bits(0) ==
        std::array<std::uint32_t, 4>{0xeb19ba36, 0x4bbbd9c7, 0x9f353a47, 0x979e43bd});
  CHECK(full.bits(0) ==
        std::array<std::uint32_t, 4>{0x3fc10c81, 0x5992f4ca, 0x9b49f0bf, 0xea4f1ee3});
  CHECK(full.bits(0x0000fedcba987654) ==
        std::array<std::uint32_t, 4>{0xaa160817, 0x0872972b, 0x6ccf63ab, 0x27027567});
  CHECK(full.at("dropout").bits(1) ==
        std::array<std::uint32_t, 4>{0xb513f3d4, 0x19d00d55, 0xe8abd030, 0x49f94332});
  CHECK(full.at(17).bits(1) ==
        std::array<std::uint32_t, 4>{0x858ca45d, 0x48e870b9, 0x9cb594fa, 0x5a530af9});
  CHECK(mix(0, std::uint64_t{1}) == 0x910a2dec89025cc1ull);
  CHECK(mix(0, std::string_view("loss")) == 0xec1aecfb3a020429ull);
  CHECK(plain.permuted(3, 10) == 8);
}

TEST_CASE("Counter and key are packed as documented", "[core]") {
  const std::uint64_t seed = 5, path = 9;
  const Random r(seed, Stream::weights, path, Key{{(Index{0xabcd} << 32) + 0x12345678, 77}, 2, 4});
  const std::uint64_t hash =
      mix(mix(mix(mix(mix(0, seed), std::uint64_t{3}), path), std::uint64_t{2}), std::uint64_t{4});
  const auto wanted =
      philox({0x01020304u, 0x56780506u, 0xabcd1234u, 77},
             {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32)});
  CHECK(r.bits((Index{0x0506} << 32) + 0x01020304) == wanted);
}

TEST_CASE("Whatever is part of a key changes the bits", "[core]") {
  const auto bits = [](std::uint64_t seed, Stream stream, std::uint64_t path, Index item,
                       std::uint32_t turn, std::uint32_t view, std::uint32_t part, Index element) {
    return Random(seed, stream, path, Key{{item, turn}, view, part}).bits(element);
  };
  std::set<std::array<std::uint32_t, 4>> seen;
  std::size_t asked = 0;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const Index wide = Index{1} << i;
    for (const auto& b :
         {bits(i + 1, Stream::test, 0, 0, 0, 0, 0, 0), bits(0, Stream::test, i + 1, 0, 0, 0, 0, 0),
          bits(0, Stream::test, 0, wide, 0, 0, 0, 0), bits(0, Stream::test, 0, 0, i + 1, 0, 0, 0),
          bits(0, Stream::test, 0, 0, 0, i + 1, 0, 0), bits(0, Stream::test, 0, 0, 0, 0, i + 1, 0),
          bits(0, Stream::test, 0, 0, 0, 0, 0, wide), test_numbers().at(i + 1).bits(0),
          test_numbers().at(std::to_string(i)).bits(0)}) {
      seen.insert(b);
      ++asked;
    }
  }
  for (const Stream s : {Stream::order, Stream::view, Stream::layer, Stream::weights,
                         Stream::labels, Stream::test}) {
    seen.insert(bits(0, s, 0, 0, 0, 0, 0, 0));
    ++asked;
  }
  CHECK(seen.size() == asked);
}

TEST_CASE("A path is not its parts in another cut or order", "[core]") {
  const auto a = std::string_view("a"), b = std::string_view("b");
  CHECK(mix(mix(0, "ab"), "c") != mix(mix(0, "a"), "bc"));
  CHECK(mix(mix(0, a), b) != mix(mix(0, b), a));
  CHECK(mix(0, std::string_view("")) != 0);
}

TEST_CASE("Uniform numbers are uniform from 0 up to 1", "[core]") {
  const auto x = sample([](Index i) { return test_numbers(1).uniform(i); });
  CHECK(*std::min_element(x.begin(), x.end()) >= 0);
  CHECK(*std::max_element(x.begin(), x.end()) < 1);
  CHECK(distance(x, [](double v) { return v; }) < 1.95);
  const auto y = sample([](Index i) { return test_numbers(2).uniform(i, -3, 5); });
  CHECK(distance(y, [](double v) { return (v + 3) / 8; }) < 1.95);
}

TEST_CASE("Neighbouring elements, samples and turns are uncorrelated", "[core]") {
  CHECK(correlation([](Index i) { return test_numbers().uniform(i); }) < 3.5);
  CHECK(correlation([](Index i) {
          return Random(7, Stream::test, 0, {{i, 0}, 0, 0}).uniform(0);
        }) < 3.5);
  CHECK(correlation([](Index i) {
          return Random(7, Stream::test, 0, {{3, static_cast<std::uint32_t>(i)}, 0, 0}).uniform(0);
        }) < 3.5);
  CHECK(correlation([](Index i) {
          return Random(7, Stream::test, static_cast<std::uint64_t>(i)).uniform(0);
        }) < 3.5);
  CHECK(correlation([](Index i) {
          return Random(static_cast<std::uint64_t>(i), Stream::test).uniform(0);
        }) < 3.5);
}

TEST_CASE("Normal numbers are normal", "[core]") {
  const auto x = sample([](Index i) { return test_numbers(3).normal(i); });
  const auto m = moments(x);
  CHECK(std::abs(m.mean) < 0.02);
  CHECK(std::abs(m.variance - 1) < 0.03);
  CHECK(distance(x, normal_below) < 1.95);
}

TEST_CASE("Truncated normal numbers stay within two deviations and have the stated deviation",
          "[core]") {
  const auto x = sample([](Index i) { return test_numbers(4).truncated_normal(i); });
  const double cut = normal_below(-2);
  CHECK(std::abs(*std::max_element(x.begin(), x.end())) <= 2);
  CHECK(std::abs(*std::min_element(x.begin(), x.end())) <= 2);
  CHECK(distance(x, [&](double v) { return (normal_below(v) - cut) / (1 - 2 * cut); }) < 1.95);
  CHECK(std::sqrt(moments(x).variance) == Approx(0.87962566103423978).epsilon(0.01));
}

TEST_CASE("Gamma numbers have mean and variance of their shape, below 1 too", "[core]") {
  const double shape = GENERATE(0.1, 0.5, 1.0, 2.5, 40.0);
  CAPTURE(shape);
  const auto x = sample([&](Index i) { return test_numbers(5).gamma(i, shape); });
  const auto m = moments(x);
  CHECK(std::abs(m.mean - shape) < 5 * std::sqrt(shape / 40'000));
  CHECK(m.variance == Approx(shape).epsilon(0.02 * (3 + 3 / std::sqrt(shape))));
  if (shape == 1) CHECK(distance(x, [](double v) { return 1 - std::exp(-v); }) < 1.95);
  if (shape == 0.5) CHECK(distance(x, [](double v) { return std::erf(std::sqrt(v)); }) < 1.95);
}

TEST_CASE(
    "Beta numbers have their distribution in the closed cases, and stay between 0 and 1 in all",
    "[core]") {
  const auto of = [](double a, double b) {
    return sample([=](Index i) { return test_numbers(6).beta(i, a, b); });
  };
  CHECK(distance(of(1, 1), [](double v) { return v; }) < 1.95);
  CHECK(distance(of(3, 1), [](double v) { return v * v * v; }) < 1.95);
  CHECK(distance(of(0.5, 0.5), [](double v) {
          return 2 / 3.14159265358979323846 * std::asin(std::sqrt(v));
        }) < 1.95);
  const auto m = moments(of(0.75, 0.75));
  CHECK(std::abs(m.mean - 0.5) < 0.01);
  CHECK(m.variance == Approx(1 / (4 * 2.5)).epsilon(0.03));
  for (const double v : of(1e-4, 1e-4)) {
    if (!(v >= 0 && v <= 1)) FAIL("a beta number is " << v);
  }
}

TEST_CASE("Numbers below n are each as likely", "[core]") {
  for (const Index n : {1, 2, 3, 7, 10, 255}) {
    CAPTURE(n);
    std::vector<double> hits(static_cast<std::size_t>(n));
    for (Index i = 0; i < 40'000; ++i)
      hits.at(static_cast<std::size_t>(test_numbers(7).below(i, n))) += 1;
    const double expected = 40'000 / static_cast<double>(n);
    double chi_square = 0;
    for (const double h : hits) chi_square += (h - expected) * (h - expected) / expected;
    const auto freedom = static_cast<double>(n - 1);
    CHECK(chi_square < freedom + 4 * std::sqrt(2 * freedom) + 5);
  }
  CHECK(test_numbers().below(0, 1) == 0);
}

TEST_CASE("A chance of 0 never happens and one of 1 always", "[core]") {
  double hits = 0;
  for (Index i = 0; i < 40'000; ++i) {
    if (test_numbers().chance(i, 0) || !test_numbers().chance(i, 1)) FAIL("element " << i);
    hits += test_numbers(8).chance(i, 0.3);
  }
  CHECK(std::abs(hits / 40'000 - 0.3) < 0.012);
}

TEST_CASE("A random permutation hits each place once", "[core]") {
  for (Index n = 1; n <= 300; ++n) {
    CAPTURE(n);
    CHECK(complete(test_numbers(9), n));
  }
  CHECK(complete(test_numbers(9), 60'000));
  CHECK(complete(test_numbers(9), 65'537));
}

TEST_CASE("Permutations differ by epoch, by seed and by path", "[core]") {
  const auto first = permutation(1, 0, 0);
  for (const auto& other :
       {permutation(1, 1, 0), permutation(1, 2, 0), permutation(2, 0, 0), permutation(1, 0, 1)})
    CHECK(equal_places(first, other) < 10);
  CHECK(first == permutation(1, 0, 0));
}

TEST_CASE("A place of a random permutation is as likely as any other", "[core]") {
  for (const Index n : {2, 5, 16, 33}) {
    CAPTURE(n);
    double worst = 0;
    for (Index i = 0; i < std::min<Index>(n, 6); ++i) {
      std::vector<double> hits(static_cast<std::size_t>(n));
      for (std::uint32_t turn = 0; turn < 4000; ++turn)
        hits[static_cast<std::size_t>(
            Random(3, Stream::order, 0, {{0, turn}, 0, 0}).permuted(i, n))] += 1;
      const double expected = 4000 / static_cast<double>(n);
      double chi_square = 0;
      for (const double h : hits) chi_square += (h - expected) * (h - expected) / expected;
      worst = std::max(worst, (chi_square - static_cast<double>(n - 1)) /
                                  std::sqrt(2 * static_cast<double>(n - 1)));
    }
    CHECK(worst < 5.5);
  }
}
