/// @file
/// What a pretraining is: images, recipe, seed. It is kept beside the checkpoint as recipe.json.
#pragma once
#include "options.hpp"
#include "systems.hpp"

#include <filesystem>

namespace selfsame::program {

/// What is trained on.
struct RunImages {
  std::string data{};  ///< folder of the images
  Index labels = 0;    ///< a class, of those that are trained with; 0: all, or none
  Setup setup{};
};
struct Run : RunImages {
  std::unique_ptr<System> system{};
  UsualSystem* usual = nullptr;  ///< what makes the same system as it is by default
};

/// A new run of the system that --method names, on these images.
Run new_run(const Options&, const std::string& folder, const Dataset& train);

/// What the command line says about the recipe, over what it is.
void apply(const Options&, System&);

/// What a run trains with, of the images of its folder.
/// @throws std::invalid_argument  where it needs labels and there are none, or has no use for --labels
Dataset training_images(const Run&, const Dataset& all);

void write_run(const std::filesystem::path& folder, Run&);
/// Throws std::invalid_argument where the folder holds no pretraining, and std::runtime_error where its
/// recipe is of other methods or damaged.
Run read_run(const std::filesystem::path& folder);

/// The images of a run: in --data, which becomes the run's, else where they were when it was trained.
Split images_of(const Options&, Run&);

inline std::filesystem::path recipe_file(const std::filesystem::path& folder) {
  return folder / "recipe.json";
}
inline std::filesystem::path checkpoint_file(const std::filesystem::path& folder) {
  return folder / "checkpoint.selfsame";
}
/// What knn and probe said of this run, a JSON object a line.
inline std::filesystem::path evaluations_file(const std::filesystem::path& folder) {
  return folder / "evaluations.jsonl";
}
/// The folder of a pretraining, where its checkpoint file was named, too.
std::filesystem::path folder_of(const std::string& asked);

}  // namespace selfsame::program
