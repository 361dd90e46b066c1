#include <selfsame/loss/contrast_views.hpp>
#include <selfsame/memory/memory_bank.hpp>
#include <selfsame/positives/view_graph.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

/// Views of one batch, their banks, and one list for all pairs.
struct Scene {
  std::vector<Dense> z, banks;
  Lists lists;
  double temperature = 0.3;
};
Scene scene(Index views) {
  Scene s;
  for (Index v = 0; v < views; ++v) {
    s.z.push_back(noise(3, 5, static_cast<unsigned>(10 + v)));
    s.banks.push_back(unit(noise(9, 5, static_cast<unsigned>(20 + v))));
  }
  s.lists = lists_of({1, 4, 7}, 6, 9, 3);
  return s;
}
struct Result {
  double value;
  std::vector<Dense> gradients;  // of z
  Dense log_means;
};
template <class Loss, class Graph>
Result run(const Scene& s, const Loss& loss, const Graph& graph, Index missing = -1,
           Dense log_means = {}) {
  const auto views = static_cast<Index>(s.z.size());
  std::vector<Strided<F64>> f, banks;
  for (const Dense& z : s.z) f.emplace_back(unit(z));
  for (const Dense& b : s.banks) banks.emplace_back(b);
  std::vector<Differentiable<F64>> differentiable;
  std::vector<In<F64>> rows;
  for (Index v = 0; v < views; ++v) {
    const auto at = static_cast<std::size_t>(v);
    differentiable.push_back(v == missing ? Differentiable<F64>{} : f[at].differentiable());
    rows.push_back(banks[at].in());
  }
  const F64 device;
  Workspace scratch;
  Pass<F64> pass;
  pass.device = &device, pass.workspace = &scratch;
  if (log_means.size() == 0) log_means = Dense::Constant(views, views, -INFINITY);
  const auto picks = own_negatives<F64>(s.lists);
  if constexpr (Partitioned<Loss, F64>)
    follow_log_means(pass, loss, graph, differentiable, rows, picks, view<F64>(log_means));
  Result r{contrast_views(pass, loss, graph, differentiable, rows, picks, view<F64>(log_means)),
           {},
           log_means};
  for (std::size_t v = 0; v < s.z.size(); ++v)
    r.gradients.push_back(through_unit(s.z[v], f[v].slope()));
  return r;
}
const BankInfoNCE of_softmax{.temperature = 0.3};
const NoiseContrastive of_noise{.temperature = 0.3};

/// cmc.md section 9: view 0 is L, view 1 is ab.
Scene golden_scene() {
  Scene s;
  Dense bank[2] = {Dense(7, 5), Dense(7, 5)}, z[2] = {Dense(3, 5), Dense(3, 5)};
  for (Index i = 0; i < 7; ++i)
    for (Index j = 0; j < 5; ++j) {
      const auto x = static_cast<double>(5 * i + j);
      bank[0](i, j) = std::sin(1 + x), bank[1](i, j) = std::cos(2 + x);
      if (i < 3) z[0](i, j) = std::sin(.5 + 2 * x), z[1](i, j) = std::cos(.3 + 3 * x);
    }
  s.z = {z[0], z[1]};
  s.banks = {unit(bank[0]), unit(bank[1])};
  s.lists.resize(3, 5);
  s.lists << 1, 5, 3, 1, 6, 3, 1, 6, 4, 2, 5, 4, 2, 0, 5;
  return s;
}

}  // namespace

TEST_CASE("CMC's softmax loss of two views has the golden numbers", "[loss]") {
  const Result r = run(golden_scene(), of_softmax, FullGraph{});
  CHECK(r.value == Approx(3.149088961).epsilon(1e-9));
  CHECK(r.gradients[0](0, 0) == Approx(-.08686128984).epsilon(1e-9));
  CHECK(r.gradients[0](2, 4) == Approx(-.09764716500).epsilon(1e-9));
  CHECK(r.gradients[1](0, 0) == Approx(.005989506254).epsilon(1e-9));
  CHECK(r.gradients[1](1, 2) == Approx(.6989458605).epsilon(1e-9));
  const Scene s = golden_scene();
  CHECK(naive_bank(unit(s.z[0]), s.banks[1], s.lists, .3).value ==
        Approx(1.034525057).epsilon(1e-9));
  CHECK(naive_bank(unit(s.z[1]), s.banks[0], s.lists, .3).value ==
        Approx(2.114563904).epsilon(1e-9));
}

TEST_CASE("CMC's NCE loss of two views has the golden numbers", "[loss]") {
  const Result r = run(golden_scene(), of_noise, CoreView{});
  CHECK(r.log_means(0, 1) + std::log(7.) == Approx(2.721023247).epsilon(1e-9));
  CHECK(r.log_means(1, 0) + std::log(7.) == Approx(2.286657092).epsilon(1e-9));
  CHECK(r.log_means(0, 0) == -INFINITY);
  CHECK(r.value == Approx(4.963027242).epsilon(1e-9));
  CHECK(r.gradients[0](0, 0) == Approx(-.04523162314).epsilon(1e-9));
  CHECK(r.gradients[0](2, 4) == Approx(-.1894593243).epsilon(1e-9));
  CHECK(r.gradients[1](0, 0) == Approx(.02432728712).epsilon(1e-9));
  CHECK(r.gradients[1](1, 2) == Approx(.6690176168).epsilon(1e-9));
}

TEST_CASE("Views: equal scores give log(k + 1) for each ordered pair", "[loss]") {
  for (const Index views : {2, 3, 4}) {
    Scene s = scene(views);
    for (Dense& b : s.banks) b = Dense::Constant(9, 5, 1 / std::sqrt(5.));
    const double one = std::log(7.);
    const auto m = static_cast<double>(views);
    CHECK(run(s, of_softmax, CoreView{}).value == Approx(2 * (m - 1) * one).epsilon(1e-13));
    const Result full = run(s, of_softmax, FullGraph{});
    CHECK(full.value == Approx(m * (m - 1) * one).epsilon(1e-13));
    for (const Dense& g : full.gradients) CHECK(g.cwiseAbs().maxCoeff() < 1e-13);
  }
}

TEST_CASE("Views: the sum is over anchors of one view against the bank of another", "[loss]") {
  const Scene s = scene(3);
  const Result full = run(s, of_softmax, FullGraph{}),
               core = run(s, of_softmax, CoreView{.core = 1});
  double value = 0;
  std::vector<Dense> slopes(3, Dense::Zero(3, 5));
  const auto pair = [&](std::size_t a, std::size_t b) {
    const Reference r = naive_bank(unit(s.z[a]), s.banks[b], s.lists, .3);
    value += r.value;
    slopes[a] += through_unit(s.z[a], r.rows);
  };
  pair(0, 1), pair(1, 0), pair(1, 2), pair(2, 1);
  CHECK(core.value == Approx(value).epsilon(1e-13));
  for (std::size_t v = 0; v < 3; ++v) CHECK(worst(core.gradients[v], slopes[v]) < 1e-12);
  const double of_core = value;
  pair(0, 2), pair(2, 0);
  CHECK(full.value == Approx(value).epsilon(1e-13));
  CHECK(full.value - core.value == Approx(value - of_core).epsilon(1e-12));
  for (std::size_t v = 0; v < 3; ++v) {
    CHECK(worst(full.gradients[v], slopes[v]) < 1e-12);
    for (Index i = 0; i < 3; ++i)
      CHECK(std::abs(full.gradients[v].row(i).dot(s.z[v].row(i))) < 1e-13);
  }
}

TEST_CASE("Views: two have one loss in both graphs, and exchanging them changes nothing",
          "[loss]") {
  const Scene s = scene(2);
  Scene exchanged = s;
  std::swap(exchanged.z[0], exchanged.z[1]);
  std::swap(exchanged.banks[0], exchanged.banks[1]);
  const auto check = [&](const auto& loss) {
    const Result full = run(s, loss, FullGraph{});
    CHECK(run(s, loss, CoreView{.core = 1}).value == Approx(full.value).epsilon(1e-14));
    const Result other = run(exchanged, loss, FullGraph{});
    CHECK(other.value == Approx(full.value).epsilon(1e-14));
    CHECK(worst(other.gradients[1], full.gradients[0]) < 1e-13);
  };
  check(of_softmax);
  check(of_noise);
}

TEST_CASE("Views: the full graph ignores their order, a core that of the others", "[loss]") {
  const Scene s = scene(4);
  Scene turned = s;
  std::rotate(turned.z.begin() + 1, turned.z.begin() + 2, turned.z.end());
  std::rotate(turned.banks.begin() + 1, turned.banks.begin() + 2, turned.banks.end());
  CHECK(run(turned, of_softmax, CoreView{}).value ==
        Approx(run(s, of_softmax, CoreView{}).value).epsilon(1e-13));
  std::swap(turned.z[0], turned.z[3]);
  std::swap(turned.banks[0], turned.banks[3]);
  CHECK(run(turned, of_softmax, FullGraph{}).value ==
        Approx(run(s, of_softmax, FullGraph{}).value).epsilon(1e-13));
}

TEST_CASE("Views: pairs that touch a missing view are dropped, one without pairs has no gradient",
          "[loss]") {
  const Scene s = scene(3);
  Scene two = s;
  two.z.erase(two.z.begin() + 1);
  two.banks.erase(two.banks.begin() + 1);
  CHECK(run(s, of_softmax, FullGraph{}, 1).value ==
        Approx(run(two, of_softmax, FullGraph{}).value).epsilon(1e-14));
  const Result alone = run(s, of_noise, CoreView{.core = 1}, 1);
  CHECK(alone.value == 0);
  CHECK(alone.gradients[0].cwiseAbs().maxCoeff() == 0);
  CHECK(alone.gradients[2].cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Views: gradients are added where the input says so, each pair by its weight", "[loss]") {
  const Scene s = scene(3);
  const Result r = run(s, of_softmax, FullGraph{});
  const F64 device;
  Workspace scratch;
  Pass<F64> pass;
  pass.device = &device, pass.workspace = &scratch;
  std::vector<Differentiable<F64>> differentiable;
  std::vector<In<F64>> rows;
  std::vector<Dense> f, gradients(3, Dense::Ones(3, 5));
  for (const Dense& z : s.z) f.push_back(unit(z));
  for (std::size_t v = 0; v < 3; ++v) {
    differentiable.push_back({view<F64>(f[v]), view<F64>(gradients[v]), 2, true});
    rows.push_back(view<F64>(s.banks[v]));
  }
  CHECK(contrast_views(pass, of_softmax, FullGraph{}, differentiable, rows,
                       own_negatives<F64>(s.lists), {}) == Approx(r.value).epsilon(1e-14));
  for (std::size_t v = 0; v < 3; ++v)
    CHECK(worst(through_unit(s.z[v], gradients[v] - Dense::Ones(3, 5)), 2 * r.gradients[v]) <
          1e-12);
}

TEST_CASE("Views: an identical second step differs only by the bank rows that the first one moved",
          "[loss]") {
  Scene s = scene(2);
  const Result first = run(s, of_noise, FullGraph{});
  const Result again = run(s, of_noise, FullGraph{}, -1, first.log_means);
  CHECK(again.value == first.value);
  CHECK(again.log_means == first.log_means);
  const F64 device;
  Workspace scratch;
  for (std::size_t v = 0; v < 2; ++v) {
    const std::vector<Index> own{1, 4, 7};
    const Dense f = unit(s.z[v]);
    update_bank(device, scratch, view<F64>(own), view<F64>(f), 0.5, view<F64>(s.banks[v]));
  }
  const Result second = run(s, of_noise, FullGraph{}, -1, first.log_means);
  CHECK(second.log_means == first.log_means);
  double wanted = 0;
  for (const std::size_t a : {0u, 1u}) {
    const double at = first.log_means(static_cast<Index>(a), static_cast<Index>(1 - a));
    wanted += naive_bank(unit(s.z[a]), s.banks[1 - a], s.lists, .3, &at).value;
  }
  CHECK(second.value == Approx(wanted).epsilon(1e-13));
  CHECK(std::abs(second.value - first.value) > 1e-3);
}

TEST_CASE("Losses against a bank are told apart by their concepts", "[loss]") {
  static_assert(BankLoss<BankInfoNCE, Cpu> && !Partitioned<BankInfoNCE, Cpu>);
  static_assert(BankLoss<NoiseContrastive, Cpu> && Partitioned<NoiseContrastive, Cpu>);
  CHECK(std::same_as<NoiseContrastive::plays, role::Loss>);
}
