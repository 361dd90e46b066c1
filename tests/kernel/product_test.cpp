#include <selfsame/kernel/cpu/product.hpp>

#include "devices.hpp"

#include <mutex>

using namespace selfsame;
using namespace selfsame::test;

namespace {

struct Sizes {
  Index rows, cols, depth;
};

// Nothing, one, odd, just around a tile, several blocks of the sum, sliced sums, several chunks.
const std::vector<Sizes> sizes{{0, 3, 2},     {3, 0, 2},      {3, 2, 0},     {1, 1, 1},
                               {5, 7, 3},     {12, 32, 8},    {13, 33, 9},   {11, 31, 400},
                               {25, 16, 700}, {26, 18, 4500}, {500, 40, 65}, {260, 300, 50}};

// c = op(a) op(b) with all four ways to lie, written and added.
template <class D, class TA, class TB, class TC>
void check(const D& device, Sizes s, double tolerance) {
  for (const bool turn_a : {false, true})
    for (const bool turn_b : {false, true})
      for (const Write write : {Write::overwrite, Write::add}) {
        CAPTURE(s.rows, s.cols, s.depth, turn_a, turn_b, write == Write::add);
        Padded<TA> a(turn_a ? s.depth : s.rows, turn_a ? s.rows : s.depth, 1);
        Padded<TB> b(turn_b ? s.cols : s.depth, turn_b ? s.depth : s.cols, 2);
        Padded<TC> c(s.rows, s.cols, 3);
        Matrix wanted = write == Write::add ? c.matrix() : Matrix::Zero(s.rows, s.cols);
        if (write == Write::overwrite) std::fill(c.data.begin(), c.data.end(), TC(NAN));
        const Matrix left = turn_a ? Matrix(a.matrix().transpose()) : a.matrix();
        const Matrix right = turn_b ? Matrix(b.matrix().transpose()) : b.matrix();
        wanted += left * right;
        Workspace scratch;
        product(device, scratch, a.template view<D>(), turn_a ? Transpose::yes : Transpose::no,
                b.template view<D>(), turn_b ? Transpose::yes : Transpose::no, c.template view<D>(),
                write);
        CHECK(largest_difference(c.matrix(), wanted) / tolerance < 1);
        CHECK(c.untouched());
      }
}

}  // namespace

TEMPLATE_TEST_CASE("a product agrees with Eigen's in double", "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Sizes s : sizes) {
      CAPTURE(static_cast<int>(isa));
      const Forced forced(isa);
      const double terms = static_cast<double>(s.depth);
      const double growth = 8 + 4 * std::sqrt(terms) + terms / 4;  // partial sums grow, too
      const double rounding = ulp<Real<D>>, stored = ulp<Activation<D>>;
      const double narrow = std::max(rounding, stored) * growth;
      check<D, Activation<D>, Real<D>, Activation<D>>({}, s, narrow);  // forward
      check<D, Activation<D>, Activation<D>, Real<D>>({}, s,
                                                      rounding * growth);  // gradient of weights
    }
}

TEST_CASE("a product has the same bits on 1, 2, 3 and 7 threads", "[kernel]") {
  using D = Cpu;
  for (const Sizes s : {Sizes{700, 70, 333}, Sizes{64, 130, 20000}, Sizes{9, 200, 9000}}) {
    CAPTURE(s.rows, s.cols, s.depth);
    const auto a = noise<float>(s.rows * s.depth, 1), b = noise<float>(s.depth * s.cols, 2);
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 2, 3, 7}) {
      std::vector<float> c(static_cast<std::size_t>(s.rows * s.cols));
      const D device{.threads = threads};
      Workspace scratch;
      product(device, scratch, In<D>(a.data(), s.rows, s.depth), Transpose::no,
              In<D>(b.data(), s.depth, s.cols), Transpose::no, Out<D>(c.data(), s.rows, s.cols));
      results.push_back(c);
    }
    for (const auto& other : results) CHECK(other == results[0]);
  }
}

TEST_CASE("finish sees each chunk once, when it is complete", "[kernel]") {
  using D = BasicCpu<double>;
  for (const Sizes s : {Sizes{1, 1, 1}, Sizes{1000, 20, 30}, Sizes{50, 20, 9000}}) {
    const std::vector<double> a(static_cast<std::size_t>(s.rows * s.depth), 1),
        b(static_cast<std::size_t>(s.depth * s.cols), 1);
    std::vector<double> c(static_cast<std::size_t>(s.rows * s.cols));
    std::vector<int> seen(static_cast<std::size_t>(s.rows));
    const Index chunks = product_chunks(s.rows, s.cols, s.depth);
    std::vector<int> chunk_seen(static_cast<std::size_t>(chunks));
    std::mutex lock;
    const D device{.threads = 2};
    Workspace scratch;
    const Out<D> out(c.data(), s.rows, s.cols);
    product(device, scratch, In<D>(a.data(), s.rows, s.depth), Transpose::no,
            In<D>(b.data(), s.depth, s.cols), Transpose::no, out, Write::overwrite,
            [&](Index chunk, Index first, Index rows) {
              const std::lock_guard held(lock);
              ++chunk_seen.at(static_cast<std::size_t>(chunk));
              CHECK(rows <= 240);
              for (Index r = first; r < first + rows; ++r) {
                ++seen[static_cast<std::size_t>(r)];
                for (Index col = 0; col < s.cols; ++col)
                  if (out(r, col) != static_cast<double>(s.depth)) FAIL("an unfinished sum");
              }
            });
    CHECK(seen == std::vector<int>(seen.size(), 1));
    CHECK(chunk_seen == std::vector<int>(chunk_seen.size(), 1));
  }
}

TEST_CASE("a sum is cut into at most eight slices, and only where it is long", "[kernel]") {
  CHECK(internal::cut(64, 576, 1'000'000).slices == 8);
  CHECK(internal::cut(64, 576, 1'000'000).chunks == 1);
  CHECK(internal::cut(100'000, 64, 8192).slices == 1);
  CHECK(internal::cut(512, 4608, 8192).slices == 1);  // eight accumulators would be 75 MB
  CHECK(internal::cut(256, 256, 256).slices == 1);
  CHECK(product_chunks(0, 5, 5) == 0);
}

TEST_CASE("a row has the same bits whichever rows stand beside it", "[kernel]") {
  using D = Cpu;
  const auto a = noise<float>(50 * 100, 1), b = noise<float>(100 * 40, 2);
  std::vector<float> all(50 * 40), part(17 * 40);
  Workspace scratch;
  product(D{}, scratch, In<D>(a.data(), 50, 100), Transpose::no, In<D>(b.data(), 100, 40),
          Transpose::no, Out<D>(all.data(), 50, 40));
  product(D{}, scratch, In<D>(a.data() + 300, 17, 100), Transpose::no, In<D>(b.data(), 100, 40),
          Transpose::no, Out<D>(part.data(), 17, 40));
  CHECK(std::equal(part.begin(), part.end(), all.begin() + 3 * 40));
}
