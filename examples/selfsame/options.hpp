/// @file
/// What a command line asks for.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace selfsame::program {

/// Everything that a command may ask for; each command reads its part. Numbers of the recipe are text:
/// they are set by name, so that one place checks them all.
struct Options {
  std::string program = "selfsame";  ///< how it was called
  std::string data;                  ///< folder of images; empty: Fashion-MNIST
  std::string out;
  std::string method = "simclr";  ///< of a new pretrain
  std::string resume;             ///< folder of a pretrain to go on with
  std::string checkpoint;         ///< folder of a pretrain to evaluate or report
  std::string embeddings;         ///< folder of representations to evaluate
  bool random = false;            ///< evaluate weights as they are drawn
  bool pixels = false;            ///< evaluate the images themselves
  std::string init;               ///< file of weights to begin with, or to evaluate
  std::string prefix;             ///< before the names of an encoder's weights in such a file
  std::uint64_t seed = 0;
  int threads = 1;

  std::string encoder, epochs, steps, batch, chunk;  ///< of the recipe; empty: as it says
  std::vector<std::string> set;                      ///< NAME=VALUE, in the order given

  Index log_every = 10;           ///< steps
  Index checkpoint_steps = 0;     ///< 0: by time only
  double checkpoint_minutes = 5;  ///< 0: by steps only

  std::string unlabelled;  ///< further images to pack
  Index size = 32;         ///< of packed images, both sides
  Index channels = 3;
  Index background = 255;
  bool skip = false;  ///< images that cannot be read

  Index labels = 0;  ///< a class, to evaluate or to train with; 0: all
  Index rows = 8;    ///< images of a sheet
  Index views = 8;   ///< of each
};

/// The commands. Each returns the program's exit status and throws what it cannot do:
/// std::invalid_argument where what was asked is wrong, anything else where the machine is.
int pretrain(const Options& options);
int knn(const Options& options);
int probe(const Options& options);
int embed(const Options& options);
int export_weights(const Options& options);
int pack(const Options& options);
int views(const Options& options);
int report(const Options& options);
int demo(const Options& options);

}  // namespace selfsame::program
