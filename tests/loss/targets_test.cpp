#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/targets.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Labels = std::vector<Index>;

template <class F>
Dense written(Index rows, Index classes, const F& f) {
  Dense t = Dense::Constant(rows, classes, NAN);
  f(view<F64>(t));
  return t;
}
Dense mixed(const Labels& labels, Index classes, double share, double smoothing) {
  return written(static_cast<Index>(labels.size()), classes,
                 [&](Out<F64> t) { mixed_targets(F64{}, view_of(labels), share, smoothing, t); });
}

}  // namespace

TEST_CASE("Mixed targets have the golden numbers of DeiT", "[loss]") {
  const Dense t = mixed({1, 3}, 4, .7, .1);
  Dense wanted(2, 4);
  wanted << .025, .655, .025, .295, .025, .295, .025, .655;
  CHECK((t - wanted).cwiseAbs().maxCoeff() < 1e-15);
  const Result r = run(CrossEntropy{}, sines(2, 4), t);
  CHECK(r.value == Approx(1.327769161).epsilon(1e-9));
  CHECK(r.gradient(0, 0) == Approx(.1680812987).epsilon(1e-9));
  CHECK(r.gradient(0, 1) == Approx(-.1342455863).epsilon(1e-9));
  CHECK(r.gradient(1, 3) == Approx(-.09395505794).epsilon(1e-9));
}

TEST_CASE(
    "Mixed targets sum to 1, are at least smoothing over C, and are smoothed ones where alone",
    "[loss]") {
  const Labels labels{0, 5, 2, 6, 6, 1};
  const double share = GENERATE(0.0, 0.3, 1.0), smoothing = GENERATE(0.0, 0.1, 1.0);
  const Dense t = mixed(labels, 7, share, smoothing);
  CHECK((t.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
  CHECK(t.minCoeff() == Approx(smoothing / 7).margin(1e-17));
  const Dense alone = one_hot(labels, 7, smoothing), partner = alone.colwise().reverse();
  CHECK((t - (share * alone + (1 - share) * partner)).cwiseAbs().maxCoeff() < 1e-15);
  const Dense smoothed =
      written(6, 7, [&](Out<F64> to) { smoothed_targets(F64{}, view_of(labels), smoothing, to); });
  CHECK((smoothed - alone).cwiseAbs().maxCoeff() < 1e-15);
  const Labels others{1, 1, -1, 3, 0, 2};
  const Dense pairs = written(6, 7, [&](Out<F64> to) {
    mixed_targets(F64{}, view_of(labels), view_of(others), share, smoothing, to);
  });
  CHECK((pairs - (share * alone + (1 - share) * one_hot(others, 7, smoothing)))
            .cwiseAbs()
            .maxCoeff() < 1e-15);
}

TEST_CASE("Smoothing of labels by the loss is that of written targets", "[loss]") {
  const Labels labels{2, 0, -1, 3};
  const Dense z = noise(4, 5, 1);
  const Dense t =
      written(4, 5, [&](Out<F64> to) { smoothed_targets(F64{}, view_of(labels), .1, to); });
  const auto by_labels = [&](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64>) {
    return CrossEntropy{.smoothing = .1}(pass, differentiable, view_of(labels));
  };
  const Result a = run(CrossEntropy{}, z, t), b = run(by_labels, z, t);
  CHECK(a.value == Approx(b.value).epsilon(1e-14));
  CHECK(worst(a.gradient, b.gradient) < 1e-14);
}

TEMPLATE_TEST_CASE("Sharpened targets of a softmax are those of its logits", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double temperature = GENERATE(0.25, 1.0, 2.0);
  Strided<D> p(softmax_of(noise(5, 9, 1))), q(Dense::Constant(5, 9, 7));
  const Out<D> out{q.value.data(), 5, 9, 12};
  sharpened_targets(D{}, p.in(), static_cast<Real<D>>(temperature), out);
  CHECK(worst(q.rounded(), softmax_of(noise(5, 9, 1), temperature)) < 32 * epsilon<D>);
  if (temperature == 1) CHECK(worst(q.rounded(), p.rounded()) < 8 * epsilon<D>);
  sharpened_targets(D{}, p.in(), Real<D>(1e-3), out);
  CHECK(worst(q.rounded(), one_hot(largest(p.rounded()), 9)) < 1e-6);
  // a probability of 0 stays next to nothing
  Strided<D> zero(Dense::Identity(2, 3));
  const Out<D> two{q.value.data(), 2, 3, 12};
  sharpened_targets(D{}, zero.in(), Real<D>(1), two);
  CHECK(static_cast<double>(two(0, 1)) < 1e-30);
  CHECK(two(0, 0) == 1);
}

TEST_CASE("Targets refuse what does not fit and print both sides", "[loss]") {
  Dense t(3, 4);
  const Labels labels{0, 1, 2}, two{0, 1}, wrong{0, 4, 1};
  const auto to = view<F64>(t);
  CHECK_THROWS_WITH(smoothed_targets(F64{}, view_of(two), .1, to),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("labels are 2"));
  CHECK_THROWS_WITH(smoothed_targets(F64{}, view_of(wrong), .1, to),
                    ContainsSubstring("row 1 is 4") && ContainsSubstring("0 to 3"));
  CHECK_THROWS_WITH(smoothed_targets(F64{}, view_of(labels), 1.5, to),
                    ContainsSubstring("smoothing"));
  CHECK_THROWS_WITH(mixed_targets(F64{}, view_of(labels), view_of(two), .5, .1, to),
                    ContainsSubstring("labels are 2"));
  CHECK_THROWS_WITH(mixed_targets(F64{}, view_of(labels), -.5, .1, to), ContainsSubstring("share"));
  Dense narrow(3, 2);
  CHECK_THROWS_WITH(sharpened_targets(F64{}, In<F64>(view<F64>(narrow)), 1.0, to),
                    ContainsSubstring("(3, 2)") && ContainsSubstring("(3, 4)"));
  CHECK_THROWS_WITH(sharpened_targets(F64{}, In<F64>(to), 0.0, to),
                    ContainsSubstring("temperature"));
}
