/// @file
/// A system from the recipe of its method: what the files in systems/ return.
#pragma once
#include "system.hpp"
#include "usual_recipe.hpp"

#include <selfsame/augmenter/multi_crop.hpp>
#include <selfsame/data/loader.hpp>
#include <selfsame/train/learner.hpp>

namespace selfsame::program {

/// Whether a method trains with labels.
enum class Labels { unused, needed };

/// @tparam R  a Recipe
template <class R>
class TrainingOf final : public Training {
  using M = typename R::Method;

 public:
  TrainingOf(const R& recipe, const Setup& setup, const Dataset& images, Cpu device)
      : learner_(recipe, setup, device),
        loader_(learner_.plan(), {images}, recipe.method.augmenter, recipe.method.sampler,
                {.batch = learner_.setup().batch, .seed = setup.seed}) {}

  const Progress& progress() const override { return learner_.progress(); }
  double rate(const Progress& at) const override {
    return learner_.recipe().optimizer.learning_rate.at(at);
  }
  Averaged<Cpu> weights() override { return learner_.state().online.without_gradient(); }
  void resume(const std::filesystem::path& path) override { learner_.resume(path); }
  void save(const std::filesystem::path& path) const override { learner_.save(path); }
  bool fit(const std::function<Flow(const Progress&, const Report<Cpu>&)>& observer) override {
    return learner_.fit(loader_, observer);
  }

 private:
  Learner<M, typename R::Optimizer, Cpu, typename R::Rule> learner_;
  Loader<decltype(M::augmenter), decltype(M::sampler)> loader_;
};

/// What whole images are normalised by.
template <class A>
NormalisePixels& normalise_of(A& augmenter) {
  return augmenter.normalise;
}
inline NormalisePixels& normalise_of(MultiCrop& crops) { return crops.large.normalise; }

template <class A>
A plain(A augmenter) {
  augmenter.normalise = {};
  return augmenter;
}
inline MultiCrop plain(MultiCrop crops) {
  crops.large.normalise = crops.small.normalise = {};
  return crops;
}

template <class R>
class SystemOf final : public System {
 public:
  SystemOf(std::string title, const R& recipe, Labels labels)
      : title_(std::move(title)), recipe_(recipe), labels_(labels) {}

  std::string title() const override { return title_; }
  bool labelled() const override { return labels_ == Labels::needed; }
  std::vector<Field> fields() override { return fields_of(recipe_); }
  std::uint64_t hash() const override { return recipe_hash(recipe_); }
  void set_classes(Index classes) override {
    if constexpr (requires { recipe_.method.head.classes = classes; })
      recipe_.method.head.classes = classes;
  }
  const ResNet& encoder() const override { return recipe_.method.encoder; }
  NormalisePixels normalise() const override {
    auto augmenter = recipe_.method.augmenter;
    return normalise_of(augmenter);
  }
  AnyAugmenter augmenter(Shape image, Pixel pixel) const override {
    const auto& own = recipe_.method.augmenter;
    return any_augmenter(pixel == Pixel::plain ? plain(own) : own, image);
  }
  std::unique_ptr<Training> begin(const Setup& setup, const Dataset& images,
                                  Cpu device) const override {
    return std::make_unique<TrainingOf<R>>(recipe_, setup, images, device);
  }

 private:
  std::string title_;
  R recipe_;
  Labels labels_;
};

template <class R>
std::unique_ptr<System> system_of(std::string title, const R& recipe,
                                  Labels labels = Labels::unused) {
  return std::make_unique<SystemOf<R>>(std::move(title), recipe, labels);
}

}  // namespace selfsame::program
