// SwAV and its relatives keep the laws of method/laws.hpp. Their gradient, for codes that are held, stands in clustering_test.cpp.
#include <selfsame/method/clustering.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

constexpr MultiCrop two_sizes{.smalls = 2, .small = {.crop = {.size = 4}}};
constexpr Prototypes few{.count = 7};

}  // namespace

TEST_CASE("SwAV keeps the laws of methods, with crops of two sizes and a queue", "[method]") {
  const Clustering<mine::Flat, Prototypes, MultiCrop, Queue> swav{
      .augmenter = two_sizes, .prototypes = few, .memory = {.capacity = 16}};
  laws(swav).others();
}
TEST_CASE("MoCo with Sinkhorn codes keeps the laws of methods", "[method]") {
  laws(Clustering<mine::Flat, Prototypes, Queue, EMA>{
           .prototypes = few, .memory = {.capacity = 8}, .target = {.momentum = 0.8}})
      .others();
}
