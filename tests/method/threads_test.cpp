// Decision D7: one binary gives the same bits with any number of threads. Needs OpenMP to say much.
#include "method/whole_method.hpp"

#include <selfsame/optimizer/adamw.hpp>

using namespace selfsame;
using namespace selfsame::testing;

namespace {

const Shape image{1, 12, 12, 1};

template <class Method>
std::vector<float> weights_after(const Method& method, int threads, Index chunk) {
  const Setup setup{.image = image, .samples = 96, .classes = 3, .seed = 5};
  Learner learner(Recipe<Method, AdamW>{.method = method, .batch = 24, .steps = 50, .chunk = chunk},
                  setup, Cpu{.threads = threads});
  FormulaBatches<Cpu> batches(image, 24, learner.plan()[0].views.size(), 96);
  learner.fit(batches);
  const auto& w = learner.state().online;
  std::vector<float> all(w.parameters.all.begin(), w.parameters.all.end());
  all.insert(all.end(), w.buffers.all.begin(), w.buffers.all.end());
  return all;
}
template <class Method>
bool same_bits(const Method& method, Index chunk = 0) {
  const std::vector<float> one = weights_after(method, 1, chunk);
  return finite(std::span<const float>(one)) && one == weights_after(method, 2, chunk) &&
         one == weights_after(method, 3, chunk);
}

}  // namespace

TEST_CASE("SimCLR: the weights after 50 steps are the same bits with 1, 2 and 3 threads",
          "[method]") {
  CHECK(same_bits(tiny_simclr));
  CHECK(same_bits(drawing_simclr, 10));
}
TEST_CASE("Supervised: the weights after 50 steps are the same bits with 1, 2 and 3 threads",
          "[method]") {
  CHECK(same_bits(tiny_supervised));
}
