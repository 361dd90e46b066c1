// k-means from given centroids; what faiss and scikit-learn return too: centroids of the last labels.
#include <selfsame/assigner/k_means.hpp>

#include <algorithm>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void measure(Row& row) {
  const In<Cpu> rows = row.rows("rows"), first = row.rows("centroids");
  const Out<Cpu> centroids = row.result("centroids", first.rows, first.cols);
  const KMeans numbers{
      .clusters = first.rows, .iterations = row.count("iterations"), .last = LastLabels::kept};
  row.measure([&] {
    const Clusters<Cpu> found = k_means(row.device, rows, numbers, 0, first);
    std::copy_n(found.numbers.data(), first.rows * first.cols, centroids.data);
    return found.objective;
  });
}
const bool added[] = {add_row("k_means_noise", measure), add_row("k_means_images", measure)};

}  // namespace
}  // namespace selfsame::bench
