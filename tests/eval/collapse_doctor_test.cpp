#include <selfsame/eval/collapse_doctor.hpp>

#include <selfsame/method/clustering.hpp>
#include <selfsame/method/predictive.hpp>
#include <selfsame/method/siamese.hpp>
#include <selfsame/nn/linear.hpp>
#include <selfsame/nn/sequential.hpp>
#include <selfsame/optimizer/sgd.hpp>
#include <selfsame/train/learner.hpp>

#include "support/catch.hpp"
#include "support/formula_batches.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace mine {

struct Straight {
  using plays = role::Head;
  Count outputs = 6;
  auto layer() const { return Linear{.outputs = outputs}; }
};
struct Flat {
  using plays = role::Encoder;
  auto layer() const { return sequential(Conv2d{.outputs = 8}, ReLU{}, GlobalAverage{}); }
};
struct ToOnePoint {
  using plays = role::Loss;
  template <class D>
  Real<D> operator()(const Pass<D>&, std::span<const Differentiable<D>> views) const {
    const Differentiable<D>& a = views[0];
    Real<D> value = 0;
    for (Index r = 0; r < a.value.rows; ++r)
      for (Index c = 0; c < a.value.cols; ++c) {
        const Real<D> e = a.value(r, c) - (c == 0 ? 3 : 0), n = static_cast<Real<D>>(a.value.rows);
        value += e * e / n;
        a.put(r, c, 2 * e / n);
      }
    return value;
  }
};
/// Everybody belongs to prototype 0.
struct Favourite {
  using plays = role::Assigner;
  template <class D>
  void assign(const Pass<D>&, In<D>, Out<D> codes) const {
    for (Index r = 0; r < codes.rows; ++r)
      for (Index k = 0; k < codes.cols; ++k) codes(r, k) = k == 0;
  }
};
/// Codes that say nothing.
struct Indifferent {
  using plays = role::Assigner;
  template <class D>
  void assign(const Pass<D>&, In<D>, Out<D> codes) const {
    for (Index r = 0; r < codes.rows; ++r)
      for (Index k = 0; k < codes.cols; ++k)
        codes(r, k) = 1 / static_cast<Activation<D>>(codes.cols);
  }
};

}  // namespace mine

namespace {

constexpr Shape image{1, 6, 6, 1};

// The names of what the doctor says while a method trains.
template <class M>
std::vector<std::string> diagnoses(const M& method, Index steps, double rate = 0.05) {
  Learner<M, Sgd, D> learner(Recipe<M, Sgd>{.method = method,
                                            .optimizer = {.learning_rate = rate, .weight_decay = 0},
                                            .batch = 12,
                                            .steps = steps},
                             Setup{.image = image, .samples = 64, .classes = 3, .seed = 5});
  FormulaBatches<D> batches(learner.plan()[0].views, 12);
  std::vector<std::string> said;
  CollapseDoctor doctor(learner, {.every = 5}, [&](const Progress&, const Diagnosis& d) {
    CHECK_FALSE(d.knob.empty());
    CHECK_FALSE(d.seen.empty());
    said.push_back(d.name);
  });
  learner.fit(batches, doctor);
  return said;
}

bool has(const std::vector<std::string>& said, const char* name) {
  return std::find(said.begin(), said.end(), name) != said.end();
}

}  // namespace

TEST_CASE("Doctor: a loss that pulls all rows to one point is caught, and said once", "[eval]") {
  using M = Siamese<mine::Flat, Projector, mine::ToOnePoint>;
  const M method{.head = {.hidden = 8, .outputs = 6, .normalised = HeadNorm::none}};
  const auto said = diagnoses(method, 150);
  CHECK(std::count(said.begin(), said.end(), "one point") == 1);
}

TEST_CASE("Doctor: rows on a line have few dimensions, rows anywhere have not", "[eval]") {
  using M = Siamese<mine::Flat, mine::Straight, VICReg>;
  Learner<M, Sgd, D> learner(Recipe<M, Sgd>{.batch = 12, .steps = 4},
                             Setup{.image = image, .samples = 64, .classes = 3, .seed = 5});
  for (const bool line : {true, false}) {
    Rows<D> rows(20, 6);
    for (Index r = 0; r < 20; ++r)
      for (Index c = 0; c < 6; ++c)
        rows.out()(r, c) = line ? std::sin(static_cast<double>(r)) * static_cast<double>(c + 1)
                                : std::sin(static_cast<double>(r * r + 7 * c * r + c));
    Report<D> report;
    report.shown.emplace_back("embeddings", rows.in());
    std::vector<std::string> said;
    CollapseDoctor doctor(learner, {.every = 1},
                          [&](const Progress&, const Diagnosis& d) { said.push_back(d.name); });
    for (Index step = 0; step < 5; ++step) doctor(Progress{.step = step, .steps = 5}, report);
    CHECK(said == (line ? std::vector<std::string>{"few dimensions"} : std::vector<std::string>{}));
  }
}

TEST_CASE("Doctor: codes without a preference are uniform, and the loss sits at ln K", "[eval]") {
  using M = Clustering<mine::Flat, mine::Straight, Prototypes, mine::Indifferent>;
  M method{.prototypes = {.count = 8}};
  method.loss.temperature = 50;  // so flat a softmax predicts them
  const auto said = diagnoses(method, 20);
  CHECK(has(said, "uniform codes"));
  CHECK(has(said, "loss at ln K"));
  CHECK_FALSE(has(said, "few prototypes"));
}

TEST_CASE("Doctor: one prototype for all is few, and Sinkhorn is not ill", "[eval]") {
  using M = Clustering<mine::Flat, mine::Straight, Prototypes, mine::Favourite>;
  const M method{.prototypes = {.count = 40}};
  CHECK(has(diagnoses(method, 20), "few prototypes"));
  const Clustering<mine::Flat, mine::Straight, Prototypes> sound{.prototypes = {.count = 8}};
  const auto said = diagnoses(sound, 20);
  CHECK_FALSE(has(said, "few prototypes"));
}

TEST_CASE("Doctor: a target of momentum 0 is the online network, one of momentum 1 is still",
          "[eval]") {
  using M = Predictive<mine::Flat, mine::Straight, EMA, Predictor>;
  M method{.predictor = {.hidden = 6, .normalised = HeadNorm::none}};
  method.target.momentum = 0;
  CHECK(has(diagnoses(method, 20), "target is online"));
  method.target.momentum = 1;
  CHECK(has(diagnoses(method, 20), "target is still"));
  method.target.momentum = 0.9;
  const auto said = diagnoses(method, 20);
  CHECK_FALSE(has(said, "target is online"));
  CHECK_FALSE(has(said, "target is still"));
}

TEST_CASE("Doctor: what is not finite is said at the first look, and nothing else then", "[eval]") {
  using M = Predictive<mine::Flat, EMA, Predictor>;
  for (const std::string what : {"the loss", "row 1 of the embeddings", "row 1 of the codes",
                                 "an online weight", "a weight of the target"}) {
    Learner<M, Sgd, D> learner(Recipe<M, Sgd>{.batch = 4, .steps = 4},
                               Setup{.image = image, .samples = 8, .seed = 5});
    std::vector<Diagnosis> said;
    CollapseDoctor doctor(learner, {.every = 1, .patience = 3},
                          [&](const Progress&, const Diagnosis& d) { said.push_back(d); });
    std::vector<double> rows(12, 0.5);
    Report<D> report;
    report.value = 1;
    const bool codes = what == "row 1 of the codes";
    report.shown.emplace_back(codes ? "codes" : "embeddings", In<D>(rows.data(), 3, 4));
    if (what.starts_with("row")) rows[5] = NAN;
    if (what == "the loss") report.value = NAN;
    if (what == "an online weight") learner.state().online.parameters.all[3] = INFINITY;
    if (what == "a weight of the target") learner.state().target.parameters.all[3] = NAN;
    for (Index step = 0; step < 5; ++step) doctor(Progress{.step = step}, report);
    REQUIRE(said.size() == 1);
    CHECK(said[0].name == "not finite");
    CHECK(said[0].seen == what + " is not finite");
  }
}
