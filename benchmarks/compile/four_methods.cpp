// Four methods with one encoder, ready to train: what `./dev bench compile` compiles.
#include <selfsame/method/byol.hpp>
#include <selfsame/method/moco.hpp>
#include <selfsame/method/simclr.hpp>
#include <selfsame/method/swav.hpp>
#include <selfsame/train/learner.hpp>

using namespace selfsame;

namespace {

template <class Method>
float step(const Method& method, const Setup& setup, const Batch<Cpu>& batch) {
  Learner learner(Recipe<Method>{.method = method}, setup);
  return learner.step(batch).value;
}

}  // namespace

float four_steps(const Setup& setup, const Batch<Cpu>& batch) {
  return step(simclr_imagenet, setup, batch) + step(moco_v2, setup, batch) +
         step(byol, setup, batch) + step(swav, setup, batch);
}
