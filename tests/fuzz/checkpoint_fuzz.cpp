// Checksums, which would stop nearly every input, are not looked at here.
#define FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#include <selfsame/train/checkpoint.hpp>

#include "reader.hpp"

using namespace selfsame;

SELFSAME_FUZZ(path) {
  Layout layout = Layout::on<Cpu>();
  layout.enter("encoder");
  layout.weight("weight", Kind::weight, {3, 5}, zeros);
  layout.weight("bias", Kind::bias, {3}, zeros);
  Store<Cpu> store;
  store.segmented("online", layout.parameters());
  store.integers("sampler.position", 2);
  store.vector<std::uint8_t>("mask", 3);
  store.integers("empty", 0);
  Store<Cpu> network;
  const Trained<Cpu> weights = reserve_trained(network, layout, 1);
  selfsame::testing::each_reader(
      [&] { load_checkpoint(path, store, R"({"loss": {"temperature": 0.1}, "batch": 256})"); },
      [&] { load_network<Cpu>(path, weights.without_gradient()); });
}
