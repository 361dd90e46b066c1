// compile-options: -march=x86-64-v3 -Og
// Assigners and losses of rows give the same bits wherever their numbers lie.
#include <selfsame/assigner/k_means.hpp>
#include <selfsame/assigner/pseudo_labels.hpp>
#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/assigner/whitening.hpp>
#include <selfsame/loss/barlow_twins.hpp>
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/reconstruction.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/loss/vicreg.hpp>

#include "flags/addresses.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEST_CASE("Assigners give the same bits wherever their rows lie", "[flags]") {
  check_addresses([](Places& p) {
    const WhiteningMap map = Whitening{.components = 7}.fit(p.pass, p.in(0));
    std::vector<double> all = map.mean;
    all.insert(all.end(), map.variances.begin(), map.variances.end());
    all.insert(all.end(), map.axes.data(), map.axes.data() + map.axes.size());
    map.apply(p.device, p.scratch, p.in(0), Out<F64>{p.at[2], rows, 7});
    const std::vector<double> more = numbers(0, {p.at[2], rows, 7});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  });
  check_addresses([](Places& p) {
    const auto c = k_means(p.device, p.in(0), KMeans{.clusters = 5}, 1);
    std::vector<double> all(c.labels.begin(), c.labels.end());
    const std::vector<double> more = numbers(c.objective, c.centroids());
    all.insert(all.end(), more.begin(), more.end());
    return all;
  });
  check_addresses([](Places& p) {
    const double residual = Sinkhorn{}.assign(p.pass, p.in(0), p.out());
    return numbers(residual, p.out());
  });
  check_addresses([](Places& p) {
    std::vector<Index> labels(rows);
    Threshold{.threshold = 0.1}.assign(p.pass, p.in(0), view<F64>(labels));
    return std::vector<double>(labels.begin(), labels.end());
  });
}

TEST_CASE("Losses give the same bits wherever their rows lie", "[flags]") {
  check_addresses(
      [](Places& p) { return numbers(nt_xent(p.device, p.differentiable(), 0.5), p.out()); });
  check_addresses(of_rows(CrossEntropy{.smoothing = 0.1}));
  check_addresses(of_rows(NormalisedRegression{}));
  check_addresses(of_rows(SoftDistillation{}));
  check_addresses(of_rows(SquaredConsistency{.threshold = 0.05}));
  check_addresses(of_rows(MeanSquared{}));
  check_addresses(of_views(VICReg{}));
  check_addresses(of_views(BarlowTwins{}));
  check_addresses(
      [](Places& p) { return numbers(KlToUniform{}(p.pass, p.differentiable(), rows), p.out()); });
}
