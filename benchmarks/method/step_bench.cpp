// What composing costs: a step of MoCo by the learner, and the same step written down, kernel after kernel.
#include <selfsame/method/moco.hpp>
#include <selfsame/train/learner.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <vector>

using namespace selfsame;

namespace {

constexpr Index images = 64, width = 64, capacity = 4096, side = 20;
constexpr float temperature = 0.1F, floor_of_length = 1e-12F;

Recipe<MoCo> recipe() {
  Recipe<MoCo> r;
  r.method.encoder = {.depth = 8, .stem = Stem::small_strided, .last_scale = ScaleStart::one};
  r.method.head = {.hidden = 64, .outputs = width};
  r.method.memory.capacity = capacity;
  r.method.loss.temperature = temperature;
  r.optimizer.learning_rate = 1e-3;
  r.batch = images;
  r.steps = 1000000;
  return r;
}

// Two views of each image.
class Views {
 public:
  Views() : pixels_(2 * images * side * side) {
    for (Index i = 0; i < pixels_.size(); ++i)
      pixels_[i] = std::sin(0.37F * static_cast<float>(i % 100003));
    part_.draws = view<Cpu>(std::as_const(draws_));
    for (Index v = 0; v < 2; ++v)
      part_.views.push_back(
          {pixels_.data() + v * images * side * side, {images, side, side, 1}, {}, {}});
    batch_.parts.push_back(part_);
  }
  const Batch<Cpu>& batch() const { return batch_; }
  const Images<Cpu>& operator[](std::size_t v) const { return part_.views[v]; }

 private:
  Buffer<float> pixels_;
  std::vector<Draw> draws_{static_cast<std::size_t>(images)};
  Part<Cpu> part_;
  Batch<Cpu> batch_;
};

// Nothing in it can be another policy.
class ByHand {
 public:
  ByHand(const Recipe<MoCo>& r, const Setup& setup)
      : network_(chain(r.method.encoder, r.method.head)),
        momentum_(r.method.target.momentum.from),
        adamw_(r.optimizer) {
    const auto layout = network_.layout<Cpu>(setup.image);
    online_ = reserve_trained(store_, layout, setup.seed);
    target_ = reserve_averaged<Cpu>(store_, layout, online_);
    queue_ = Queue{.capacity = capacity}.start(store_, setup, width).keys;
    moments_ = adamw_.start(store_, online_, "optimizer");
    unit_.resize(images, width), gradient_.resize(images, width), keys_.resize(images, width);
    norms_.resize(images), key_norms_.resize(images);
  }
  float step(const Images<Cpu>& query, const Images<Cpu>& key) {
    Pass<Cpu> pass{.device = &device_, .workspace = &workspace_, .progress = {step_, 1000000}};
    network_.forward(pass.as(Mode::train, Copy::online), query, online_, queries_);
    network_.forward(pass.as(Mode::train, Copy::target), key, target_, constants_);
    l2_normalise(device_, queries_.value(), floor_of_length, unit_.out(), view<Cpu>(norms_));
    l2_normalise(device_, constants_.value(), floor_of_length, keys_.out(), view<Cpu>(key_norms_));
    const float loss = contrast(device_, workspace_, single_process(),
                                Differentiable<Cpu>{unit_.in(), gradient_.out()}, keys_.in(),
                                OwnKeyRelation{}, queue_, temperature);
    l2_normalise_gradient(device_, unit_.in(), view<Cpu>(std::as_const(norms_)), floor_of_length,
                          gradient_.in(), queries_.differentiable().gradient, Write::add);
    network_.backward(queries_, online_);
    adamw_.step(pass, online_, moments_,
                [](const Segment& s) { return ParameterGroup{.decays = s.kind == Kind::weight}; });
    std::fill(online_.gradient.all.begin(), online_.gradient.all.end(), 0.0F);
    network_.update_buffers(queries_, online_.buffers);
    lerp(device_, Vector<const float, Cpu>(online_.parameters.all),
         static_cast<float>(1 - momentum_), target_.parameters.all);
    network_.update_buffers(constants_, target_.buffers);
    for (Index r = 0; r < images; ++r) {
      std::copy_n(keys_.in().row(r), width, queue_.row(place_));
      place_ = (place_ + 1) % capacity;
    }
    ++step_;
    return loss;
  }

 private:
  using Network = ChainOf<ResNet, Projector>;
  Network network_;
  double momentum_;
  AdamW adamw_;
  Store<Cpu> store_;
  Trained<Cpu> online_;
  Averaged<Cpu> target_;
  AdamW::State<Cpu> moments_;
  Out<Cpu> queue_;
  TraceOf<Cpu, Network> queries_;
  FixedTraceOf<Cpu, Network> constants_;
  Rows<Cpu> unit_, gradient_, keys_;
  Buffer<float> norms_, key_norms_;
  Workspace workspace_;
  Cpu device_;
  Index place_ = 0, step_ = 0;
};

double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}
template <class F>
double seconds(F&& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// In turns, so that a machine that slows down slows both. `composed_over_by_hand` is of the medians.
template <class A, class B>
void in_turns(benchmark::State& state, A&& composed, B&& by_hand) {
  std::vector<double> ours, theirs;
  bool first = false;
  for (auto _ : state) {
    if ((first = !first)) ours.push_back(seconds(composed));
    theirs.push_back(seconds(by_hand));
    if (!first) ours.push_back(seconds(composed));
  }
  state.counters["composed_us"] = 1e6 * median(ours);
  state.counters["by_hand_us"] = 1e6 * median(theirs);
  state.counters["composed_over_by_hand"] = median(ours) / median(theirs);
}

void moco_step(benchmark::State& state) {
  const Views views;
  const Setup setup{.image = {1, side, side, 1}, .samples = 60000, .batch = images};
  Learner learner(recipe(), setup);
  ByHand hand(recipe(), setup);
  for (int i = 0; i < 5; ++i) {
    const float ours = learner.step(views.batch()).value, theirs = hand.step(views[0], views[1]);
    if (std::memcmp(&ours, &theirs, sizeof ours) != 0)
      return state.SkipWithError("the two steps differ");
  }
  in_turns(
      state, [&] { benchmark::DoNotOptimize(learner.step(views.batch()).value); },
      [&] { benchmark::DoNotOptimize(hand.step(views[0], views[1])); });
}
BENCHMARK(moco_step)->Unit(benchmark::kMillisecond)->MinTime(10);

// Functions of their own, so that valgrind can count the instructions of each.
[[gnu::noinline]] void composed_average(const EMA& ema, const Pass<Cpu>& pass, In<Cpu> online,
                                        Out<Cpu> target) {
  ema.update(pass, Vector<const float, Cpu>{online.data, online.cols},
             Vector<float, Cpu>{target.data, target.cols});
}
[[gnu::noinline]] void average_by_hand(const Pass<Cpu>& pass, In<Cpu> online, Out<Cpu> target) {
  const double t =
      static_cast<double>(pass.progress.step) / static_cast<double>(pass.progress.steps);
  const double momentum = 1 - 0.01 * (1 + std::cos(3.14159265358979323846 * t)) / 2;
  lerp(*pass.device, Vector<const float, Cpu>{online.data, online.cols},
       static_cast<float>(1 - momentum), Vector<float, Cpu>{target.data, target.cols});
}

void ema_update(benchmark::State& state) {
  const Index count = state.range(0);
  Rows<Cpu> online(1, count), ours(1, count), theirs(1, count);
  for (Index i = 0; i < count; ++i) {
    online.out()(0, i) = std::sin(static_cast<float>(i));
    ours.out()(0, i) = theirs.out()(0, i) = 0;
  }
  const EMA ema{.momentum = cosine(0.99, 1)};
  const Cpu device;
  const Pass<Cpu> pass{.device = &device, .progress = {300, 1000}};
  composed_average(ema, pass, online.in(), ours.out());
  average_by_hand(pass, online.in(), theirs.out());
  if (!std::equal(ours.data.begin(), ours.data.end(), theirs.data.begin()))
    return state.SkipWithError("the two averages differ");
  // On the same memory: where an array lies makes more of a difference.
  in_turns(
      state, [&] { composed_average(ema, pass, online.in(), ours.out()); },
      [&] { average_by_hand(pass, online.in(), ours.out()); });
}
BENCHMARK(ema_update)->Arg(1000)->Arg(1000000);

}  // namespace
