// The laws of testing/check_assigner.hpp, for every public assigner: tests/structure/registered.py reads this file.
#include <selfsame/assigner/k_means.hpp>
#include <selfsame/assigner/pseudo_labels.hpp>
#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/assigner/teacher_labels.hpp>
#include <selfsame/assigner/tokenizer.hpp>
#include <selfsame/testing/check_assigner.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace selfsame::testing {

// There must be as many rows as clusters, and the first centroids are rows by their place.
template <>
struct Example<KMeans> {
  static constexpr Expectations expectations{.images = 9, .fewest = 3, .any_order = false};
  template <class D>
  double operator()(const KMeans& assigner, const Pass<D>& pass, Given<D>& given) const {
    return assigner.assign(pass, given.constant("features", 4), given.labels_out("labels", 3))
        .objective;
  }
};

// Labels, targets, and a choice among the images.
template <>
struct Example<TeacherLabels> {
  template <class D>
  void operator()(const TeacherLabels& assigner, const Pass<D>& pass, Given<D>& given) const {
    const In<D> logits = given.constant("logits", 5, Numbers::logits);
    const Vector<Index, D> labels = given.labels_out("labels", 5);
    const Vector<Real<D>, D> confidences = given.reals_out("confidences");
    assigner.label(pass, logits, labels, confidences);
    assigner.targets(pass, logits, given.out("targets", 5, Numbers::shares));
    assigner.select(pass, 5, Vector<const Index, D>(labels), Vector<const Real<D>, D>(confidences),
                    given.samples(), given.labels_out("copies", 1000));
  }
};

}  // namespace selfsame::testing

using testing::check_assigner;

TEST_CASE("Assigners of labels keep the laws of assigners", "[assigner]") {
  CHECK(check_assigner<Threshold>());
  CHECK(check_assigner(Threshold{.threshold = 0.5}));
  CHECK(check_assigner<TokenArgmax>());
}

TEST_CASE("Sinkhorn keeps the laws of assigners", "[assigner]") {
  CHECK(check_assigner<Sinkhorn>());
  CHECK(check_assigner(Sinkhorn{.epsilon = 0.5, .iterations = 50, .residual = 1e-6}));
  CHECK(check_assigner(Sinkhorn{.codes = Codes::hard}));
}

TEST_CASE("k-means keeps the laws of assigners", "[assigner]") {
  CHECK(check_assigner(KMeans{.clusters = 3}));
  CHECK(check_assigner(KMeans{.clusters = 3, .starts = 3, .spherical = Spherical::yes}));
}

TEST_CASE("Labels of a teacher keep the laws of assigners", "[assigner]") {
  using enum TeacherLabels::Form;
  CHECK(check_assigner(TeacherLabels{.balance = {.per_class = 2}}));
  CHECK(check_assigner(TeacherLabels{
      .form = hard, .balance = {.floor = 0.5, .per_class = 3, .rule = ClassBalance::Rule::top}}));
}
