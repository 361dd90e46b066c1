#include <selfsame/sampler/uniform_over_labels.hpp>

#include <map>
#include <set>

#include "support/catch.hpp"

using namespace selfsame;

namespace {

/// `counts[k]` samples of label 3 k + 2, mixed.
std::vector<Index> labelled(const std::vector<Index>& counts) {
  std::vector<Index> labels, left = counts;
  for (bool any = true; any;) {
    any = false;
    for (std::size_t k = 0; k < left.size(); ++k)
      if (left[k] > 0) --left[k], any = true, labels.push_back(static_cast<Index>(3 * k + 2));
  }
  return labels;
}
std::vector<Draw> epoch_of(const std::vector<Index>& labels, Index epoch, double epochs = 1,
                           std::uint64_t seed = 1) {
  return UniformOverLabels{.epochs = epochs}.order(Cpu{}, seed, view<Cpu>(labels), epoch);
}
std::map<Index, Index> counted(const std::vector<Draw>& draws, const std::vector<Index>& labels) {
  std::map<Index, Index> counts;
  for (const Draw& d : draws) ++counts[labels[static_cast<std::size_t>(d.sample)]];
  return counts;
}

}  // namespace

TEST_CASE("labels are compacted in their order, empties and negatives are left out", "[sampler]") {
  const std::vector<Index> labels{7, 2, 7, -1, 900, 2, 7};
  const LabelMembers members(Vector<const Index, Cpu>(view<Cpu>(labels)));
  CHECK(members.size() == 3);
  CHECK((members.label(0) == 2 && members.label(1) == 7 && members.label(2) == 900));
  CHECK((members.compact(2) == 0 && members.compact(7) == 1 && members.compact(900) == 2));
  CHECK((members.compact(3) == -1 && members.compact(-1) == -1 && members.compact(1000) == -1));
  CHECK((members.count(0) == 2 && members.count(1) == 3 && members.count(2) == 1));
  CHECK((members.sample(1, 0) == 0 && members.sample(1, 1) == 2 && members.sample(1, 2) == 6));
}

TEST_CASE("of nine and one samples each label comes four to six times", "[sampler]") {
  const std::vector<Index> labels = labelled({9, 1});
  std::set<Index> seen;
  for (Index epoch = 0; epoch < 200; ++epoch) {
    const std::vector<Draw> draws = epoch_of(labels, epoch);
    REQUIRE(draws.size() == 10);
    const auto counts = counted(draws, labels);
    for (const auto& [label, n] : counts) CHECK((n >= 4 && n <= 6));
    seen.insert(counts.at(2));
  }
  CHECK(seen == std::set<Index>{4, 5, 6});
}

TEST_CASE("counts of labels lie within their bounds and are even over epochs", "[sampler]") {
  const std::vector<Index> sizes{40, 1, 7, 13, 100, 2};
  const std::vector<Index> labels = labelled(sizes);  // 163
  const double epochs = GENERATE(0.5, 1.0, 2.5);
  CAPTURE(epochs);
  const auto length = static_cast<Index>(epochs * 163);
  const Index each = length / 6 + 1, missing = 6 * each - length;
  std::map<Index, double> all;
  for (Index epoch = 0; epoch < 300; ++epoch) {
    const std::vector<Draw> draws = epoch_of(labels, epoch, epochs);
    REQUIRE(static_cast<Index>(draws.size()) == length);
    for (const auto& [label, n] : counted(draws, labels)) {
      CHECK((n >= each - missing && n <= each));
      all[label] += static_cast<double>(n);
    }
  }
  for (const auto& [label, n] : all)
    CHECK(n / (300.0 * static_cast<double>(length)) == Approx(1.0 / 6).epsilon(0.02));
}

TEST_CASE("samples repeat only where their label has too few", "[sampler]") {
  const std::vector<Index> labels = labelled({40, 3, 5});  // S = 48 / 3 + 1 = 17
  for (Index epoch = 0; epoch < 20; ++epoch) {
    std::map<Index, Index> times;
    for (const Draw& d : epoch_of(labels, epoch)) ++times[d.sample];
    bool repeated = false;
    for (const auto& [sample, n] : times) {
      if (labels[static_cast<std::size_t>(sample)] == 2)
        CHECK(n == 1);
      else
        repeated = repeated || n > 1;
    }
    CHECK(repeated);
  }
}

TEST_CASE("a sample is drawn as often as any other of its label", "[sampler]") {
  const std::vector<Index> labels = labelled({4, 30});
  std::map<Index, double> times;
  for (Index epoch = 0; epoch < 3000; ++epoch)
    for (const Draw& d : epoch_of(labels, epoch)) ++times[d.sample];
  for (const auto& [sample, n] : times)  // N_s / (K' n_k) an epoch: the inverse of its label's size
    CHECK(n / 3000 ==
          Approx(17.0 / (labels[static_cast<std::size_t>(sample)] == 2 ? 4 : 30)).epsilon(0.1));
}

TEST_CASE("epochs and seeds differ, the same ones do not, and no draw comes twice", "[sampler]") {
  const std::vector<Index> labels = labelled({20, 20, 3});
  CHECK(epoch_of(labels, 0) == epoch_of(labels, 0));
  const auto samples = [&](Index epoch, std::uint64_t seed) {
    std::vector<Index> s;
    for (const Draw& d : epoch_of(labels, epoch, 1, seed)) s.push_back(d.sample);
    return s;
  };
  CHECK(samples(0, 1) != samples(1, 1));
  CHECK(samples(0, 1) != samples(0, 2));
  std::set<std::pair<Index, std::uint32_t>> seen;
  for (Index epoch = 0; epoch < 10; ++epoch)
    for (const Draw& d : epoch_of(labels, epoch)) seen.emplace(d.sample, d.turn);
  CHECK(seen.size() == 430);
}

TEST_CASE("a draw is a function of its position, so ranks take their own", "[sampler]") {
  const std::vector<Index> labels = labelled({9, 5});
  const LabelMembers members(Vector<const Index, Cpu>(view<Cpu>(labels)));
  const std::vector<Draw> all = epoch_of(labels, 4);
  for (Index p = 13; p >= 0; p -= 3)
    CHECK(UniformOverLabels{}.draw(1, members, 4, 14, p) == all[static_cast<std::size_t>(p)]);
}

TEST_CASE("one label, one sample and none at all", "[sampler]") {
  CHECK(epoch_of({}, 0).empty());
  CHECK(epoch_of({-1, -1}, 0).empty());
  CHECK(epoch_of({5}, 0).size() == 1);
  std::set<Index> seen;
  for (const Draw& d : epoch_of({3, 3, 3, 3}, 2)) seen.insert(d.sample);
  CHECK(seen.size() <= 4);
}
