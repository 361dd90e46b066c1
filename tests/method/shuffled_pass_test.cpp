#include <selfsame/method/shuffled_pass.hpp>

#include <selfsame/method/contrastive.hpp>

#include "method/whole_method.hpp"

#include <set>

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("ShuffledPass: images, keys and masks go along, and rows come back in order",
          "[method]") {
  const Index n = 11;
  const Shape shape{n, 2, 1, 3};
  std::vector<double> pixels(static_cast<std::size_t>(shape.size()));
  std::vector<Key> keys(static_cast<std::size_t>(n));
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(2 * n));
  for (Index i = 0; i < n; ++i) {
    keys[static_cast<std::size_t>(i)] = {{i, 0}, 0, 0};
    for (Index k = 0; k < 6; ++k)
      pixels[static_cast<std::size_t>(6 * i + k)] = static_cast<double>(10 * i + k);
    mask[static_cast<std::size_t>(2 * i)] = static_cast<std::uint8_t>(i);
  }
  Pass<D> pass;
  ShuffledPass<D> shuffled;
  std::set<std::vector<double>> orders;
  for (Index step = 0; step < 4; ++step) {
    pass.progress.step = step;
    const Images<D> x = shuffled.of(
        pass, {pixels.data(), shape, view<D>(std::as_const(keys)), view<D>(std::as_const(mask))});
    std::vector<double> order;
    for (Index i = 0; i < n; ++i) {
      const double image = x.data[6 * i] / 10;
      order.push_back(image);
      CHECK(static_cast<double>(x.keys[i].draw.sample) == image);
      CHECK(static_cast<double>(x.mask[2 * i]) == image);
      CHECK(x.data[6 * i + 5] == 10 * image + 5);
    }
    orders.insert(order);
    std::sort(order.begin(), order.end());
    for (Index i = 0; i < n; ++i)
      CHECK(order[static_cast<std::size_t>(i)] == static_cast<double>(i));
    const In<D> back = shuffled.restored(In<D>(x.data, n, 6));
    CHECK(std::equal(pixels.begin(), pixels.end(), back.data));
  }
  CHECK(orders.size() == 4);  // another order each step
}

namespace {

template <class M>
Rows<D> keys_of_a_step(const M& method, Index group) {
  Recipe<M, Sgd> recipe{.method = method, .batch = 8, .steps = 1};
  recipe.batch_norm_group = group;
  Learner<M, Sgd, D> learner(recipe, small_setup);
  FormulaBatches<D> batches(small_image, 8, 2);
  learner.step(batches.at(0));
  const In<D> keys = learner.state().constants[0];
  Rows<D> copy(keys.rows, keys.cols);
  for (Index r = 0; r < keys.rows; ++r) std::copy_n(keys.row(r), keys.cols, copy.out().row(r));
  return copy;
}

double apart(const Rows<D>& a, const Rows<D>& b) {
  double worst = 0;
  for (Index i = 0; i < a.rows * a.cols; ++i)
    worst = std::max(worst, std::abs(a.data[i] - b.data[i]));
  return worst;
}

}  // namespace

TEST_CASE(
    "MoCo: shuffled keys are those of their own images, and only a norm's groups make a difference",
    "[method]") {
  Contrastive<mine::Drawing, Queue, EMA> plain{.head = plain_head, .memory = {.capacity = 20}};
  auto split = plain;
  split.positives.groups = KeyGroups::split;
  CHECK(apart(keys_of_a_step(plain, 4), keys_of_a_step(split, 4)) < 1e-12);
  Contrastive<Queue, EMA> normed{
      .encoder = tiny_resnet, .head = {.hidden = 9, .outputs = 5}, .memory = {.capacity = 20}};
  auto normed_split = normed;
  normed_split.positives.groups = KeyGroups::split;
  CHECK(apart(keys_of_a_step(normed, 4), keys_of_a_step(normed_split, 4)) > 1e-3);
  CHECK(apart(keys_of_a_step(normed, 0), keys_of_a_step(normed_split, 0)) == 0);
}
