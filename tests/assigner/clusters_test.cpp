#include <selfsame/assigner/clusters.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("centroids of a clustering are a view of its numbers", "[assigner]") {
  Clusters<Cpu> c;
  CHECK(c.status == ClusterStatus::done);
  CHECK(c.centroids().rows == 0);
  c.clusters = 2, c.width = 3;
  c.numbers.assign(6, 0.0f);
  c.numbers[5] = 7;
  CHECK(c.centroids().rows == 2);
  CHECK(c.centroids()(1, 2) == 7);
}
