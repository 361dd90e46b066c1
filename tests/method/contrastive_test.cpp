#include <selfsame/method/contrastive.hpp>

#include "method/whole_method.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("SimCLR as a whole agrees with central differences, dropout included, in chunks too",
          "[method]") {
  WholeMethod<D, std::remove_const_t<decltype(drawing_simclr)>> drawing(drawing_simclr, 5);
  for (const Index chunk : {0, 3}) CHECK(drawing.error(chunk) < 1e-6);
  WholeMethod<D, std::remove_const_t<decltype(tiny_simclr)>> normed(tiny_simclr, 6);
  CHECK(normed.error() < 1e-6);
  CHECK(normed.error(4) < 1e-6);
  CHECK(normed.error(0, 3) < 1e-6);
  CHECK(largest(std::span<const double>(normed.step().gradient)) >
        1e-2);  // something to be wrong about
}

TEST_CASE("SimCLR: a step in chunks without batch norm has the value and gradient of the whole",
          "[method]") {
  WholeMethod<D, std::remove_const_t<decltype(drawing_simclr)>> drawing(drawing_simclr, 5);
  const auto whole = drawing.step(), chunks = drawing.step(3);
  CHECK(std::abs(chunks.value - whole.value) < 1e-12);
  CHECK(difference(chunks.gradient, whole.gradient) < 1e-12);
  WholeMethod<Cpu, std::remove_const_t<decltype(drawing_simclr)>> single(drawing_simclr, 5);
  CHECK(difference(single.step(3).gradient, single.step().gradient) < 1e-6);
}

TEST_CASE("SimCLR: float, and float activations with double weights, agree with double",
          "[method]") {
  const auto exact =
      WholeMethod<D, std::remove_const_t<decltype(tiny_simclr)>>(tiny_simclr, 8).step();
  WholeMethod<Cpu, std::remove_const_t<decltype(tiny_simclr)>> single(tiny_simclr, 8);
  CHECK(single.step().value == Approx(exact.value).epsilon(1e-5));
  WholeMethod<BasicCpu<double, float>, std::remove_const_t<decltype(tiny_simclr)>> mixed(
      tiny_simclr, 8);
  const auto step = mixed.step();
  CHECK(step.value == Approx(exact.value).epsilon(1e-5));
  CHECK(difference(step.gradient, exact.gradient) < 1e-4);
  FormulaBatches<BasicCpu<double, float>> batches(small_image, 8, 2);
  CHECK(std::isfinite(mixed.learner().step(batches.at(0)).value));
}

TEST_CASE("SimCLR: value and gradients of 2 and 4 ranks are those of one", "[method]") {
  for (const Index ranks : {2, 4}) {
    CAPTURE(ranks);
    for (const auto& [value, gradient] :
         {rank_errors<D>(tiny_simclr, 8, ranks), rank_errors<D>(drawing_simclr, 8, ranks)}) {
      CHECK(value < 1e-10);
      CHECK(gradient < 1e-10);
    }
    for (const auto& [value, gradient] :
         {rank_errors<Cpu>(tiny_simclr, 8, ranks), rank_errors<Cpu>(drawing_simclr, 8, ranks)}) {
      CHECK(value < 1e-5);
      CHECK(gradient < 1e-5);
    }
  }
}

TEST_CASE("SimCLR: compute_gradients changes no state, after_step the buffers once", "[method]") {
  WholeMethod<D, std::remove_const_t<decltype(tiny_simclr)>> m(tiny_simclr, 6);
  const auto before = m.kept();
  m.value();
  CHECK(m.kept() == before);
  FormulaBatches<D> batches(small_image, 6, 2);
  m.learner().recipe().method.after_step(m.learner().pass(), m.learner().state(), batches.at(0));
  CHECK(m.kept() != before);
}

TEST_CASE("Contrastive: the network that is evaluated is the encoder", "[method]") {
  WholeMethod<Cpu, std::remove_const_t<decltype(tiny_simclr)>> m(tiny_simclr, 6);
  CHECK(m.learner().trained_encoder().output(small_image).channels == 16);
}

TEST_CASE(
    "Contrastive: policies in any order are one type, and an absent role is played by its default",
    "[method]") {
  STATIC_REQUIRE(
      std::same_as<Contrastive<mine::Drawing, NtXent>, Contrastive<NtXent, mine::Drawing>>);
  STATIC_REQUIRE(std::same_as<Contrastive<>, Contrastive<ResNet, OtherViews, TwoViews>>);
}
