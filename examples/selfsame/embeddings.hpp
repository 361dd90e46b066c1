/// @file
/// Representations of a data set, and what k-NN and a linear probe make of them.
#pragma once
#include <selfsame/augmenter/one_view.hpp>
#include <selfsame/core/pass.hpp>
#include <selfsame/data/each_batch.hpp>
#include <selfsame/eval/accuracy.hpp>
#include <selfsame/eval/knn.hpp>
#include <selfsame/eval/linear_probe.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace selfsame::program {

/// One row an image, with its label; -1: unlabelled.
struct Embeddings {
  Rows<Cpu> rows;
  std::vector<Index> labels;
};

/// What a product (a network with its weights) makes of images, in evaluation mode.
template <class P>
Embeddings embed(P product, const Pass<Cpu>& pass, const Dataset& images,
                 const NormalisePixels& normalise) {
  Embeddings e{{images.size(), product.output(images.image()).channels}, images.labels()};
  Index first = 0;
  each_batch(images, Plain{.normalise = normalise}, 256, [&](const Part<Cpu>& part) {
    product.embed(pass, part.views[0], e.rows.out().row_range(first, part.draws.size));
    first += part.draws.size;
  });
  return e;
}

/// The pixels themselves, in [0, 1].
Embeddings raw_pixels(const Dataset& images);

/// The files of a part, "train" or "test": its rows as floats, and its labels.
std::filesystem::path rows_file(const std::filesystem::path& folder, const std::string& part);
std::filesystem::path labels_file(const std::filesystem::path& folder, const std::string& part);

void write_embeddings(const std::filesystem::path& folder, const std::string& part,
                      const Embeddings&);
/// What write_embeddings wrote, or another program in its place: numbers of any type that NumPy has. Throws
/// std::runtime_error where the files are no rows with a label each.
Embeddings read_embeddings(const std::filesystem::path& folder, const std::string& part);

/// Those whose label is known.
Embeddings labelled_part(const Embeddings&);

/// Throws std::runtime_error that names the first row with a number that is not finite.
/// @param what  "train", of which it is a row
void require_finite(const Embeddings&, const std::string& what);

/// Mean and deviation of each column, of images whose labels nobody looks at.
class Standardiser {
 public:
  explicit Standardiser(const Embeddings& unlabelled);
  Embeddings operator()(Embeddings) const;

 private:
  std::vector<float> mean_, inverse_;
};

/// `labels` rows of each class (0: all), drawn as `labels_per_class` draws images.
Embeddings draw_labels(const Embeddings& all, Index labels, std::uint64_t seed);

/// How the program judges by neighbours, unless it is told otherwise.
inline constexpr Knn usual_knn{.k = 10, .temperature = 0.07};

Accuracy knn_accuracy(const Cpu&, const Embeddings& train, const Embeddings& test, const Knn&);
Accuracy linear_accuracy(const Cpu&, const Embeddings& train, const Embeddings& test,
                         const LinearProbe&);

}  // namespace selfsame::program
