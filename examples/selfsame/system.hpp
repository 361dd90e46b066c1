/// @file
/// A system of a paper as the program sees it. Only the system's own file, in systems/, knows the type of its method.
#pragma once
#include "any_augmenter.hpp"
#include "field.hpp"

#include <selfsame/augmenter/normalise_pixels.hpp>
#include <selfsame/data/dataset.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/train/observer.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace selfsame::program {

/// A training of some system: a learner and what feeds it.
class Training {
 public:
  virtual ~Training() = default;
  virtual const Progress& progress() const = 0;
  virtual double rate(const Progress&) const = 0;  ///< of the optimizer
  virtual Averaged<Cpu> weights() = 0;             ///< of the network that is trained

  /// As Learner does.
  virtual void resume(const std::filesystem::path& checkpoint) = 0;
  virtual void save(const std::filesystem::path& checkpoint) const = 0;
  /// Trains to the end, or until a step's observer stops it. Returns whether the end was reached.
  virtual bool fit(const std::function<Flow(const Progress&, const Report<Cpu>&)>& observer) = 0;
};

enum class Pixel { normalised, plain };

/// A method, and all numbers of a training of it.
class System {
 public:
  virtual ~System() = default;
  virtual std::string title() const = 0;          ///< "MoCo"
  virtual bool labelled() const = 0;              ///< trains with labels
  virtual std::vector<Field> fields() = 0;        ///< of the recipe
  virtual std::uint64_t hash() const = 0;         ///< of the recipe
  virtual void set_classes(Index classes) = 0;    ///< of the data: outputs of a classifier
  virtual const ResNet& encoder() const = 0;      ///< which is evaluated
  virtual NormalisePixels normalise() const = 0;  ///< of whole images, in an evaluation
  virtual AnyAugmenter augmenter(Shape image, Pixel) const = 0;  ///< plain: not normalised

  /// @throws std::invalid_argument  where recipe and images do not fit
  virtual std::unique_ptr<Training> begin(const Setup&, const Dataset& images, Cpu) const = 0;
};

/// A number of the recipe: "batch".
double number(System&, const std::string& name);
/// Sets a number of the recipe by name, "loss.temperature=0.2"; "method." may be left out.
/// @throws std::invalid_argument  that names what was meant, or the range that was missed
void set(System&, const std::string& assignment);

}  // namespace selfsame::program
