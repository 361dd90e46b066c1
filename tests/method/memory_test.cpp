// What a step allocates: nothing after the first of its shape, and at most what its chunk needs.
#include "support/allocations.hpp"

#include "method/whole_method.hpp"

#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/optimizer/lars.hpp>

using namespace selfsame;
using namespace selfsame::testing;

namespace {

const Shape image{1, 12, 12, 1};
const Setup setup{.image = image, .samples = 96, .classes = 3, .seed = 5};

// LLVM's OpenMP allocates in every parallel region, GNU's in the first one only.
#if defined(__clang__)
constexpr int threads = 1;
#else
constexpr int threads = 2;
#endif

// Allocations of three steps after the first, and of one of fewer samples.
template <class Optimizer, class Method>
long allocations(const Method& method, Index chunk, int with_threads = 1) {
  Learner learner(
      Recipe<Method, Optimizer>{.method = method, .batch = 24, .steps = 50, .chunk = chunk}, setup,
      Cpu{.threads = with_threads});
  const std::size_t views = learner.plan()[0].views.size();
  FormulaBatches<Cpu> batches(image, 24, views, 96), fewer(image, 10, views, 96);
  learner.step(batches.at(0));
  const Allocations a = Allocations::during([&] {
    for (Index step = 1; step < 4; ++step) learner.step(batches.at(step));
    learner.step(fewer.at(4));
  });
  return a.made;
}

// The most bytes alive in a first step.
long peak(Index batch, Index chunk) {
  const auto method = Contrastive<>{
      .encoder = {.depth = 8, .width = 0.5, .stem = Stem::small, .last_scale = ScaleStart::one},
      .head = plain_head};
  Learner learner(
      Recipe<Contrastive<>, Sgd>{.method = method, .batch = batch, .steps = 2, .chunk = chunk},
      setup);
  FormulaBatches<Cpu> batches(image, batch, 2, 96);
  const Batch<Cpu>& b = batches.at(0);
  return Allocations::during([&] { learner.step(b); }).most;
}

}  // namespace

TEST_CASE("Allocations are counted: malloc, posix_memalign, aligned_alloc and operator new",
          "[method]") {
  if (!SELFSAME_COUNTS_ALLOCATIONS) return;
  const auto count = [](auto&& f) { return Allocations::during(f).made; };
  void* volatile p = nullptr;
  CHECK(count([&] { p = std::malloc(1000), std::free(p); }) == 1);
  CHECK(count([&] { p = std::aligned_alloc(64, 640), std::free(p); }) == 1);
  CHECK(count([&] {
          void* q = nullptr;
          if (::posix_memalign(&q, 64, 640) == 0) p = q, std::free(q);
        }) == 1);
  CHECK(count([&] { p = ::operator new(10), ::operator delete(p); }) == 1);
  CHECK(count([] {}) == 0);
  CHECK(Allocations::during([&] { p = std::malloc(5000), std::free(p); }).most >= 5000);
}

TEST_CASE("SimCLR: after the first step of a shape nothing allocates, nor do fewer images",
          "[method]") {
  CHECK(allocations<AdamW>(tiny_simclr, 0) == 0);
  CHECK(allocations<AdamW>(tiny_simclr, 7) == 0);
  CHECK(allocations<Lars>(drawing_simclr, 0) == 0);
  CHECK(allocations<AdamW>(tiny_simclr, 0, threads) == 0);
}
TEST_CASE("Supervised: after the first step of a shape nothing allocates, nor do fewer images",
          "[method]") {
  CHECK(allocations<Sgd>(tiny_supervised, 0) == 0);
  CHECK(allocations<Sgd>(tiny_supervised, 7) == 0);
  CHECK(allocations<Sgd>(drawing_supervised, 0, threads) == 0);
}

TEST_CASE("SimCLR: peak memory grows with the chunk, not with the batch", "[method]") {
  if (!SELFSAME_COUNTS_ALLOCATIONS) return;
  const long small = peak(8, 8), large = peak(48, 8), whole = peak(48, 0);
  CAPTURE(small, large, whole);
  CHECK(whole > 5 * large);
  // what still grows with the batch, the rows at joints and the loss's scratch, is no tenth of an encoder's caches
  CHECK(10 * (large - small) < whole - large);
}
