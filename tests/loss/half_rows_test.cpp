// Losses of rows and assigners on a device that stores bf16.
#include <selfsame/assigner/teacher_labels.hpp>
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/loss/targets.hpp>
#include <selfsame/tensor/bfloat16.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using Half = BasicCpu<float, BFloat16>;

struct HalfRows {
  Index rows, cols;
  std::vector<BFloat16> data;
  explicit HalfRows(const Dense& m) : rows(m.rows()), cols(m.cols()) {
    for (Index k = 0; k < m.size(); ++k) data.emplace_back(m.data()[k]);
  }
  Out<Half> out() { return {data.data(), rows, cols}; }
  Dense exact() const {
    Dense m(rows, cols);
    for (Index k = 0; k < m.size(); ++k)
      m.data()[k] = static_cast<double>(data[static_cast<std::size_t>(k)]);
    return m;
  }
};

}  // namespace

TEST_CASE("Losses of bf16 rows are within 1e-4 of the value and 2^-8 of each slope in double",
          "[loss]") {
  Dense sure = 2 * noise(21, 67, 2);
  for (Index i = 0; i < 21; i += 2) sure(i, i) = 12;
  HalfRows rows(2 * noise(21, 67, 1)), targets(sure), slope(rows.exact());
  const Differentiable<Half> differentiable{rows.out(), slope.out()};
  const auto check = [&](float value, const auto& loss) {
    const Result wanted = run(loss, rows.exact(), targets.exact());
    CHECK(value == Approx(wanted.value).epsilon(1e-4));
    const double top = wanted.gradient.cwiseAbs().maxCoeff();
    for (Index r = 0; r < 21; ++r)
      for (Index c = 0; c < 67; ++c)
        REQUIRE(std::abs(slope.exact()(r, c) - wanted.gradient(r, c)) <=
                std::abs(wanted.gradient(r, c)) / 256 + 1e-5 * top);
  };
  check(normalised_regression(Half{}, differentiable, targets.out()), NormalisedRegression{});
  for (const auto form :
       {Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl, Divergence::squared}) {
    const SoftDistillation loss{.divergence = form};
    check(distillation(Half{}, differentiable, targets.out(), loss), loss);
  }
  check(distillation(Half{}, differentiable, targets.out(), HardDistillation{}),
        HardDistillation{});
  const PseudoLabelConsistency hard{.5};
  const SoftConsistency soft_one{.5, .4};
  const SquaredConsistency squared{.5, 1};
  check(consistency(Half{}, differentiable, targets.out(), hard), hard);
  check(consistency(Half{}, differentiable, targets.out(), soft_one), soft_one);
  check(consistency(Half{}, differentiable, targets.out(), squared), squared);
}

TEST_CASE("Targets and labels of bf16 rows are those of their numbers", "[loss]") {
  HalfRows z(noise(9, 21, 1)), t(Dense::Zero(9, 21));
  const std::vector<Index> labels = labels_of(9, 21);
  mixed_targets(Half{}, view<Half>(labels), .7f, .1f, t.out());
  CHECK(worst(t.exact(), .7 * one_hot(labels, 21, .1) +
                             .3 * Dense(one_hot(labels, 21, .1).colwise().reverse())) < 1. / 256);
  HalfRows p(softmax_of(z.exact())), q(p.exact());
  sharpened_targets(Half{}, In<Half>(p.out()), .5f, q.out());
  CHECK(worst(q.exact(), softmax_of(p.exact().array().log(), .5)) <
        1. / 16);  // log p is stored, too
  std::vector<Index> mine(9);
  Workspace scratch;
  row_arg_max(Half{}, scratch, In<Half>(z.out()), view<Half>(mine));
  CHECK(mine == largest(z.exact()));
}
