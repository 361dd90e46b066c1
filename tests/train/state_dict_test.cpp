#include <selfsame/train/state_dict.hpp>
#include "support/catch.hpp"

#include <selfsame/encoder/resnet.hpp>

#include "support/golden.hpp"
#include "support/golden_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

// A chain of one encoder with its weights.
struct Network {
  Store<Cpu> store;
  Shape shape;
  Chain<ResNet> net;
  Trained<Cpu> weights;

  Network(const ResNet& encoder, Shape s, std::uint64_t seed = 1)
      : shape(s),
        net(chain(encoder)),
        weights(reserve_trained(store, net.layout<Cpu>(shape), seed)) {}

  std::vector<double> features() {
    std::vector<float> pixels;
    for (Index i = 0; i < shape.size(); ++i) pixels.push_back(static_cast<float>(formula(100, i)));
    std::vector<Key> keys(static_cast<std::size_t>(shape.images));
    const Cpu device{.threads = 2};
    Workspace workspace;
    TraceOf<Cpu, Chain<ResNet>> trace;
    const Pass<Cpu> pass{.device = &device, .workspace = &workspace};
    net.forward(pass.as(Mode::evaluate, selfsame::Copy::online),
                Images<Cpu>{pixels.data(), shape, view<Cpu>(std::as_const(keys)), {}}, weights,
                trace);
    const In<Cpu> rows = trace.value();
    std::vector<double> all;
    for (Index r = 0; r < rows.rows; ++r)
      all.insert(all.end(), rows.row(r), rows.row(r) + rows.cols);
    return all;
  }
};

// The state_dict that make_weights.py gives torchvision's network, classifier and counters included.
std::vector<NamedTensor> torchvision(Index depth, const std::string& prefix = "") {
  Layout layout = Layout::on<Cpu>();
  ResNet{.depth = depth}.describe({1, 64, 64, 3}, layout);
  std::vector<NamedTensor> file;
  const auto add = [&](const Segment& s, Index segment, auto&& number) {
    std::vector<float> numbers;
    for (Index i = 0; i < s.size(); ++i)
      numbers.push_back(static_cast<float>(number(formula(segment, i))));
    std::vector<Index> e = s.extents;
    if (e.size() == 4) e = {e[0], e[3], e[1], e[2]};
    file.emplace_back(prefix + s.name, e, std::span<const float>(numbers));
  };
  for (std::size_t k = 0; k < layout.parameters().size(); ++k) {
    const Segment& s = layout.parameters()[k];
    const double fan_in = static_cast<double>(s.size() / s.extents[0]);
    add(s, static_cast<Index>(k), [&](double f) {
      return s.kind == Kind::weight  ? 1.5 * f / std::sqrt(fan_in)
             : s.kind == Kind::scale ? 1 + f / 4
                                     : f / 4;
    });
  }
  for (std::size_t k = 0; k < layout.buffers().size(); ++k) {
    const Segment& s = layout.buffers()[k];
    add(s, static_cast<Index>(1000 + k),
        [&](double f) { return f / 4 + (s.name.ends_with("running_var") ? 1 : 0); });
  }
  file.emplace_back(prefix + "bn1.num_batches_tracked", Scalar::int64, std::vector<Index>{},
                    std::string(8, '\0'));
  file.emplace_back(prefix + "fc.bias", Scalar::real32, std::vector<Index>{1},
                    std::string(4, '\0'));
  file.emplace_back(prefix + "classes", Scalar::other, std::vector<Index>{10}, "");
  return file;
}

double worst(const std::vector<double>& ours, const std::vector<double>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  double largest = 0, error = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    largest = std::max(largest, std::abs(theirs[i]));
    error = std::max(error, std::abs(ours[i] - theirs[i]));
  }
  return error / largest;
}

}  // namespace

TEST_CASE("torchvision's ResNet, read from its state_dict, gives torchvision's features",
          "[train]") {
  const Index depth = GENERATE(18, 50);
  CAPTURE(depth);
  const Golden golden = Golden::read("train/torchvision_features" + std::to_string(depth) + ".txt");
  Network network({.depth = depth}, {2, 64, 64, 3});
  const StateDictReport report = take_state_dict<Cpu>(
      torchvision(depth, "backbone."), network.weights.without_gradient(), "encoder", "backbone.");
  CHECK(report.missing.empty());
  CHECK(report.adapted.empty());
  CHECK(report.left_over == std::vector<std::string>{"backbone.bn1.num_batches_tracked",
                                                     "backbone.fc.bias", "backbone.classes"});
  CHECK(worst(network.features(), golden["colour"].values) < 1e-5);
}

TEST_CASE("a stem of three channels, folded to one, sees grey images as three equal channels would",
          "[train]") {
  const Golden golden = Golden::read("train/torchvision_features18.txt");
  Network network({.depth = 18}, {2, 64, 64, 1});
  const auto report =
      take_state_dict<Cpu>(torchvision(18), network.weights.without_gradient(), "encoder");
  CHECK(report.adapted == std::vector<std::string>{"conv1.weight"});
  CHECK(worst(network.features(), golden["grey"].values) < 1e-5);
}

TEST_CASE("a stem of three channels, widened, keeps its sum over channels", "[train]") {
  const Index channels = GENERATE(2, 4, 6);
  CAPTURE(channels);
  const auto file = torchvision(18);
  Network network({.depth = 18}, {1, 64, 64, channels});
  take_state_dict<Cpu>(file, network.weights.without_gradient(), "encoder");
  const auto stem = file.front().numbers<double>();
  const auto ours = network.weights.parameters[0];
  for (Index o = 0; o < 64; ++o)
    for (Index i = 0; i < 49; ++i) {
      double sum = 0, theirs = 0;
      for (Index c = 0; c < channels; ++c)
        sum += static_cast<double>(ours[(o * 49 + i) * channels + c]);
      for (Index c = 0; c < 3; ++c) theirs += stem[static_cast<std::size_t>((o * 3 + c) * 49 + i)];
      if (channels != 4)  // the first of three stands twice among four
        CHECK(std::abs(sum - theirs) < 1e-6);
    }
}

TEST_CASE("weights that leave as a state_dict come back bit by bit", "[train]") {
  Network from({.depth = 8, .stem = Stem::small}, {1, 8, 8, 3}, 1),
      to({.depth = 8, .stem = Stem::small}, {1, 8, 8, 3}, 2);
  from.weights.buffers[0][3] = 7;
  const auto file = state_dict<Cpu>(from.weights, "encoder", "model.");
  CHECK(file.front().name == "model.conv1.weight");
  CHECK(file.front().extents == std::vector<Index>{16, 3, 3, 3});
  const auto report =
      take_state_dict<Cpu>(file, to.weights.without_gradient(), "encoder", "model.");
  CHECK(report.taken.size() == file.size());
  for (Index k = 0; k < from.weights.parameters.count(); ++k)
    CHECK(std::equal(from.weights.parameters[k].begin(), from.weights.parameters[k].end(),
                     to.weights.parameters[k].begin()));
  for (Index k = 0; k < from.weights.buffers.count(); ++k)
    CHECK(std::equal(from.weights.buffers[k].begin(), from.weights.buffers[k].end(),
                     to.weights.buffers[k].begin()));
}

TEST_CASE("a part of a state_dict is taken, and the rest stays as it was, by name", "[train]") {
  Network network({.depth = 8, .stem = Stem::small}, {1, 8, 8, 3});
  const float before = network.weights.parameters[0][0];
  auto file = state_dict<Cpu>(network.weights, "encoder");
  file.erase(file.begin());
  const auto report = take_state_dict<Cpu>(file, network.weights.without_gradient(), "encoder");
  CHECK(report.missing == std::vector<std::string>{"conv1.weight"});
  CHECK(network.weights.parameters[0][0] == before);
  CHECK(report.text() ==
        "taken " + std::to_string(file.size()) + ", missing 1: conv1.weight, left over 0");
}

TEST_CASE("a state_dict that does not fit is refused with both sides, and changes nothing",
          "[train]") {
  Network network({.depth = 18}, {1, 64, 64, 3});
  const std::vector<float> before(network.weights.parameters.all.begin(),
                                  network.weights.parameters.all.end());
  const auto refused = [&](const std::vector<NamedTensor>& file, const std::string& why) {
    CHECK_THROWS_WITH(take_state_dict<Cpu>(file, network.weights.without_gradient(), "encoder"),
                      ContainsSubstring(why));
    CHECK(std::equal(before.begin(), before.end(), network.weights.parameters.all.begin()));
  };
  refused(torchvision(50), "'layer1.0.conv1.weight' (64, 64, 1, 1) for (64, 64, 3, 3)");
  refused(torchvision(18, "module."),
          "(the first is 'module.conv1.weight' (64, 3, 7, 7)) has a name of this network, whose "
          "first is 'conv1.weight'");
  refused({}, "none of 0 tensors has a name of this network");
  std::vector<NamedTensor> twice = torchvision(18), odd = twice, cut = twice;
  twice.push_back(twice.front());
  refused(twice, "two tensors are named 'conv1.weight'");
  odd[5].scalar = Scalar::other;
  odd[5].type = "F8_E4M3";
  refused(odd, to_string(odd[5]) + " for (");
  cut[5].bytes.pop_back();
  refused(cut, "tensor " + to_string(cut[5]) + " has ");
}
