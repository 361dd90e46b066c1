#include <selfsame/data/part_memory.hpp>
#include "support/catch.hpp"

using namespace selfsame;

namespace {
// Two views of other sizes, then one view of 4 patches; numbers say view, patch and sample.
struct Labelled {
  void make(std::uint64_t, Draw draw, const Source&, std::span<const Pixels> outs,
            Workspace&) const {
    for (std::size_t v = 0; v < outs.size(); ++v)
      for (Index i = 0; i < outs[v].size(); ++i)
        outs[v].data[i] =
            static_cast<float>(1000 * (static_cast<Index>(v) + 1) + 10 * i + draw.sample);
  }
};
}  // namespace

TEST_CASE("a part lies view by view, of each view sample by sample, of each sample patch by patch",
          "[data]") {
  const std::vector<float> pixels(8);
  const Dataset set = Dataset::borrow(pixels.data(), {8, 1, 1, 1});
  PartMemory<Cpu> memory;
  memory.resize(
      {.labelled = true, .share = 1, .views = {{{1, 2, 1, 1}}, {{1, 1, 1, 1}}, {{4, 1, 1, 1}}}}, 3,
      10);
  Workspace scratch;
  for (const Index i : {2, 0, 1}) memory.make(i, Draw{i + 5, 1}, set, Labelled{}, 0, scratch);
  const Part<Cpu>& part = memory.part();
  CHECK(part.draws[1] == Draw{6, 1});
  CHECK(part.labels[2] == -1);
  REQUIRE(part.views.size() == 3);
  CHECK(part.views[0].shape == Shape{3, 2, 1, 1});
  CHECK(part.views[1].data == part.views[0].data + 6);
  CHECK(part.views[2].data == part.views[1].data + 3);
  CHECK(part.views[2].shape == Shape{12, 1, 1, 1});
  CHECK(part.views[0].data[3] == 1000 + 10 + 6);
  CHECK(part.views[1].data[2] == 2000 + 7);
  CHECK(part.views[2].data[5] == 3000 + 10 + 6);  // patch 1 of sample 1
  CHECK(part.views[2].keys[5] == Key{{6, 1}, 12, 1});
  CHECK(part.views[0].keys[2] == Key{{7, 1}, 10, 0});
}

TEST_CASE("less memory is no new memory", "[data]") {
  PartMemory<Cpu> memory;
  const SampleStream stream{.labelled = false, .share = 1, .views = {{{1, 4, 4, 1}}}};
  memory.resize(stream, 10);
  const float* before = memory.part().views[0].data;
  memory.resize(stream, 3);
  CHECK(memory.part().views[0].data == before);
  CHECK(memory.part().views[0].shape.images == 3);
  CHECK(memory.samples() == 3);
  memory.resize(stream, 10);
  CHECK(memory.part().views[0].data == before);
}
