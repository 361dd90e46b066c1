// The kernel itself; tests/assigner/sinkhorn_test.cpp has the laws of its codes.
#include <selfsame/kernel/cpu/sinkhorn.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("Sinkhorn's kernel has the same codes for every instruction set", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Index cols : {1, 3, 31, 64, 205})
    for (const SinkhornForm form : {SinkhornForm::exponential, SinkhornForm::log}) {
      CAPTURE(cols, static_cast<int>(form));
      Padded<Activation<D>> scores(67, cols, 1);
      Matrix q = (scores.matrix().array() / 0.2).exp();  // samples are rows here
      for (int turn = 0; turn < 3; ++turn) {
        for (Index k = 0; k < cols; ++k) q.col(k) /= q.col(k).sum();
        for (Index n = 0; n < 67; ++n) q.row(n) /= q.row(n).sum();
      }
      const Eigen::RowVectorXd marginals = q.colwise().mean() * static_cast<double>(cols);
      for (const Isa isa : isas()) {
        const Forced forced(isa);
        Padded<Activation<D>> codes(67, cols, 2);
        Workspace scratch;
        const SinkhornReport report =
            sinkhorn(D{.threads = 2}, scratch, single_process(), scores.template view<D>(),
                     codes.template view<D>(), {.epsilon = 0.2, .form = form});
        CHECK(largest_difference(codes.matrix(), q) < 60 * ulp<Activation<D>>);
        CHECK(codes.untouched());
        CHECK(std::abs(report.residual - (marginals.array() - 1).abs().maxCoeff()) <
              60 * ulp<Activation<D>>);
      }
    }
}

TEST_CASE("Sinkhorn's kernel reports a score that is not finite and writes nothing", "[kernel]") {
  for (const float bad : {NAN, INFINITY, -INFINITY})
    for (const Index cols : {5, 64}) {
      Padded<float> scores(9, cols, 1), codes(9, cols, 2);
      scores.view<Cpu>()(6, cols - 1) = bad;
      const Matrix before = codes.matrix();
      Workspace scratch;
      const SinkhornReport report =
          sinkhorn(Cpu{}, scratch, single_process(), scores.view<Cpu>(), codes.view<Cpu>(), {});
      CHECK(!report.finite);
      CHECK(std::isnan(report.residual));
      CHECK(codes.matrix() == before);
    }
}

TEST_CASE(
    "Sinkhorn in place holds no second matrix, and takes no extra_negatives memory the next time",
    "[kernel]") {
  Padded<float> scores(700, 900, 1);
  Workspace scratch;
  const auto run = [&] {
    const Out<Cpu> s = scores.view<Cpu>();
    sinkhorn(Cpu{}, scratch, single_process(), s, s, {});
  };
  run();
  const std::size_t held = scratch.capacity();
  CHECK(held < 700 * 900 * sizeof(float) / 2);
  run();
  CHECK(scratch.capacity() == held);
}

TEST_CASE("exponentials that are asked for out of their range are reported as NaN", "[kernel]") {
  std::vector<float> scores{0, 0, 0, -9, -9, -9, 0, 0, 0}, codes(9);  // exp(-180) is 0
  Workspace scratch;
  const auto run = [&](SinkhornForm form) {
    return sinkhorn(Cpu{}, scratch, single_process(), {scores.data(), 3, 3}, {codes.data(), 3, 3},
                    {.form = form});
  };
  const SinkhornReport report = run(SinkhornForm::exponential);
  CHECK(report.finite);  // the scores are
  CHECK(std::isnan(report.residual));
  CHECK(run(SinkhornForm::automatic).residual < 1e-6);
}
