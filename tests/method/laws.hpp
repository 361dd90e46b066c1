// The laws that every method keeps, whatever it computes. A method costs two seconds to compile here: one flat network, in double.
#pragma once
#include "method/whole_method.hpp"
#include "support/temporary_folder.hpp"

namespace mine {

/// One convolution that drops values: the least that has positions, randomness and views of any size.
struct Flat {
  using plays = selfsame::role::Encoder;
  selfsame::Count width = 6;
  selfsame::Fraction dropout = 0.3;
  auto layer() const {
    using namespace selfsame;
    return sequential(Conv2d{.outputs = width}, ReLU{}, Dropout{dropout}, GlobalAverage{});
  }
  friend bool operator==(const Flat&, const Flat&) = default;
};

}  // namespace mine

namespace selfsame::testing {

/// Every law, for a method without batch norm and the same with it in its head: two values of one type.
///
/// - The gradient agrees with central differences, whole, in chunks and in groups.
/// - A pass in chunks has the value and gradient of the whole one, where no batch norm sees the chunks.
/// - 2 and 4 ranks have the value and gradient of one.
/// - compute_gradients changes no state.
/// - A step is compute_gradients, the optimizer, then after_step, which sees the new weights.
/// - A training that stopped and went on ends with the bits of one that did not; so does one on 2 or 3 threads.
template <class M>
class MethodLaws {
 public:
  using D = BasicCpu<double>;

  /// @param normed  the method with batch norm
  MethodLaws(const M& plain, const M& normed) : plain_(plain), normed_(normed) {}

  /// @param held  another method with this gradient, where what the step itself takes for a constant moves with the weights
  template <class Held>
  MethodLaws& gradient(const Held& held_plain, const Held& held_normed) {
    Whole<Held> plain(held_plain, 5), normed(held_normed, 6);
    for (const Index chunk : {0, 3}) CHECK(plain.error(chunk) < 1e-6);
    CHECK(normed.error() < 1e-6);
    CHECK(normed.error(4) < 1e-6);
    CHECK(normed.error(0, 3) < 1e-6);
    CHECK(largest(std::span<const double>(normed.step().gradient)) >
          1e-3);  // something to be wrong about
    return *this;
  }
  MethodLaws& gradient() { return gradient(plain_, normed_); }

  void others() {
    chunks();
    ranks();
    purity_and_order();
    resume_and_threads();
  }

 private:
  template <class Method>
  using Whole = WholeMethod<D, Method>;
  using Kept = std::vector<std::pair<std::string, std::vector<std::byte>>>;

  static Learner<M, Sgd, D> learner(const M& method, int threads = 1) {
    return {Recipe<M, Sgd>{.method = method,
                           .optimizer = {.learning_rate = 0.05, .momentum = 0, .weight_decay = 0},
                           .batch = 6,
                           .steps = 5},
            small_setup, D{.threads = threads}};
  }
  static FormulaBatches<D> batches(const Learner<M, Sgd, D>& of) { return {of.plan()[0].views, 6}; }
  /// The state, but for what the optimizer keeps.
  static Kept kept(const Learner<M, Sgd, D>& of) {
    Kept all;
    for (const auto& e : of.store())
      if (e.life == Life::kept && !e.name.starts_with("optimizer"))
        all.push_back({e.name, {e.bytes.begin(), e.bytes.end()}});
    return all;
  }

  void chunks() {
    Whole<M> m(plain_, 5);
    const Step<D> whole = m.step(), chunks = m.step(3);
    CHECK(std::abs(chunks.value - whole.value) < 1e-12 * std::max(1.0, std::abs(whole.value)));
    CHECK(difference(chunks.gradient, whole.gradient) < 1e-11);
  }
  void ranks() {
    for (const Index count : {2, 4})
      for (const M& method : {plain_, normed_}) {
        CAPTURE(count);
        const auto [value, gradient] = rank_errors<D>(method, 8, count);
        CHECK(value < 1e-10);
        CHECK(gradient < 1e-10);
      }
  }
  void purity_and_order() {
    auto whole = learner(normed_), parts = learner(normed_);
    FormulaBatches<D> given = batches(whole);
    whole.step(given.at(0));
    parts.step(given.at(0));
    const Kept before = kept(parts);
    CHECK(before == kept(whole));
    whole.step(given.at(1));

    const Pass<D> pass = parts.pass();
    Report<D> report;
    const M& method = parts.recipe().method;
    method.compute_gradients(pass, parts.state(), given.at(1), report);
    CHECK(kept(parts) == before);
    Store<D> store;
    Sgd optimizer = parts.recipe().optimizer;
    for (Trained<D>& network : networks<D>(parts.state().online)) {
      auto state =
          optimizer.start(store, network, "velocity" + std::to_string(store.bytes(Life::kept)));
      optimizer.step(pass, network, state,
                     [&](const Segment& s) { return parameter_group(method, s, pass.progress); });
    }
    const Kept between = kept(parts);
    method.after_step(pass, parts.state(), given.at(1));
    CHECK(kept(parts) != between);  // batch norm's buffers, at least
    CHECK(kept(parts) == kept(whole));
  }
  static ParameterGroup parameter_group(const M& method, const Segment& segment,
                                        const Progress& progress) {
    if constexpr (GroupsParameters<M>)
      return method.parameter_group(segment, progress);
    else
      return {};
  }
  void resume_and_threads() {
    const TemporaryFolder folder;
    auto whole = learner(normed_), half = learner(normed_), resumed = learner(normed_, 3),
         threads = learner(normed_, 2);
    FormulaBatches<D> given = batches(whole);
    whole.fit(given);
    threads.fit(given);
    half.fit(given, 2);
    half.save(folder / "half");
    resumed.resume(folder / "half");
    resumed.fit(given);
    CHECK(kept(threads) == kept(whole));
    CHECK(kept(resumed) == kept(whole));
    CHECK(resumed.progress() == whole.progress());
  }

  M plain_, normed_;
};

/// The laws of a method with a projector: without batch norm, and with it after every layer of its head.
template <class M>
MethodLaws<M> laws(M method) {
  method.head = {.hidden = 9, .outputs = 5, .normalised = HeadNorm::none};
  M normed = method;
  normed.head.normalised = HeadNorm::all;
  return {method, normed};
}

}  // namespace selfsame::testing
