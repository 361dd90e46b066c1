#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/targets.hpp>
#include <selfsame/loss/unlabelled_weight.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

Dense filled(Index rows, double (*f)(double)) {
  Dense m(rows, 4);
  for (Index j = 0; j < 4 * rows; ++j) m(j / 4, j % 4) = f(static_cast<double>(j));
  return m;
}

}  // namespace

TEST_CASE("Both terms have Noisy Student's golden numbers in all three weightings", "[loss]") {
  // B = 2, r = 2, C = 4, smoothing 0.1
  const Dense zl = filled(2, [](double j) { return std::sin(1 + j); }),
              zu = filled(4, [](double j) { return std::cos(1 + j); }),
              teacher = filled(4, [](double j) { return 2 * std::sin(2 + 3 * j); });
  CHECK(largest(teacher) == std::vector<Index>{2, 0, 0, 0});
  struct Row {
    Dense targets;
    double value, mean_plus_mean, per_labelled, joint_mean, first, last;
  };
  const Row table[] = {{softmax_of(teacher), 1.595521414, 2.527082630, 4.122604044, 1.374201348,
                        .03735864269, -.08903075539},
                       {softmax_of(teacher, 2), 1.581505476, 2.513066693, 4.094572169, 1.364857390,
                        .05307824772, -.08725987153},
                       {one_hot({2, 0, 0, 0}, 4, .1), 1.678818026, 2.610379242, 4.289197268,
                        1.429732423, .2501395360, .03037087553}};
  for (const Row& row : table) {
    const auto check = [&](UnlabelledWeight form, double objective, double share) {
      const ObjectiveWeights w = objective_weights(form, 2);
      const auto weighted = [](double weight) {
        return [=](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> t) {
          differentiable.weight = weight;
          return CrossEntropy{}(pass, differentiable, t);
        };
      };
      const Result l = run(weighted(w.labelled), zl, one_hot({1, 3}, 4, .1)),
                   u = run(weighted(w.unlabelled), zu, row.targets);
      CHECK(l.value == Approx(.9315612164).epsilon(1e-9));
      CHECK(u.value == Approx(row.value).epsilon(1e-9));
      CHECK(w.labelled * l.value + w.unlabelled * u.value == Approx(objective).epsilon(1e-9));
      const double third = form == UnlabelledWeight::joint_mean ? 3 : 1;
      CHECK(l.gradient(0, 0) == Approx(.1680812987 / third).epsilon(1e-9));
      CHECK(l.gradient(0, 1) == Approx(-.2692455863 / third).epsilon(1e-9));
      CHECK(u.gradient(0, 0) == Approx(row.first * share).epsilon(1e-8));
      CHECK(u.gradient(3, 3) == Approx(row.last * share).epsilon(1e-8));
    };
    check(UnlabelledWeight::mean_plus_mean, row.mean_plus_mean, 1. / 2);
    check(UnlabelledWeight::per_labelled, row.per_labelled, 1);
    check(UnlabelledWeight::joint_mean, row.joint_mean, 1. / 3);
  }
  // a student that is the teacher learns nothing from soft targets
  CHECK(run(CrossEntropy{}, teacher, softmax_of(teacher)).gradient.cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("The weight by labelled images is 1 + r times the joint mean", "[loss]") {
  for (const double r : {0.0, 1.0, 3.0, 14.0}) {
    const auto per = objective_weights(UnlabelledWeight::per_labelled, r),
               joint = objective_weights(UnlabelledWeight::joint_mean, r);
    CHECK(per.labelled == Approx((1 + r) * joint.labelled));
    CHECK(per.unlabelled == Approx((1 + r) * joint.unlabelled));
  }
  CHECK(objective_weights(UnlabelledWeight::per_labelled, 1) ==
        objective_weights(UnlabelledWeight::mean_plus_mean, 7));
}
