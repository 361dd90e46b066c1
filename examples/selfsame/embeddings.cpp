#include "embeddings.hpp"

#include <selfsame/data/label_file.hpp>
#include <selfsame/data/labels_per_class.hpp>
#include <selfsame/io/npy.hpp>
#include <selfsame/kernel/cpu/finite.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace selfsame::program {

Embeddings raw_pixels(const Dataset& images) {
  Embeddings e{{images.size(), images.image().size()}, images.labels()};
  Index first = 0;
  each_batch(images, Plain{}, 256, [&](const Part<Cpu>& part) {
    std::copy_n(part.views[0].data, part.draws.size * e.rows.cols, e.rows.out().row(first));
    first += part.draws.size;
  });
  return e;
}

std::filesystem::path rows_file(const std::filesystem::path& folder, const std::string& part) {
  return folder / (part + ".npy");
}
std::filesystem::path labels_file(const std::filesystem::path& folder, const std::string& part) {
  return folder / (part + "_labels.npy");
}

void write_embeddings(const std::filesystem::path& folder, const std::string& part,
                      const Embeddings& e) {
  write_npy(rows_file(folder, part), e.rows.in());
  write_npy(labels_file(folder, part), view<Cpu>(e.labels));
}

Embeddings read_embeddings(const std::filesystem::path& folder, const std::string& part) {
  const NamedTensor rows = read_npy(rows_file(folder, part));
  std::vector<Index> labels = read_labels(labels_file(folder, part), Index{1} << 53);
  if (rows.extents.size() != 2 || rows.extents[0] < 1 || rows.extents[1] < 1 ||
      std::ssize(labels) != rows.extents[0])
    throw std::runtime_error("selfsame: " + rows_file(folder, part).string() + " is " +
                             to_string(rows.extents) + ", its labels are (" +
                             std::to_string(labels.size()) +
                             "); it must be rows, with a label each");
  Embeddings e{{rows.extents[0], rows.extents[1]}, std::move(labels)};
  const std::vector<float> numbers = rows.numbers<float>();
  std::copy(numbers.begin(), numbers.end(), e.rows.data.data());
  return e;
}

Standardiser::Standardiser(const Embeddings& unlabelled)
    : mean_(static_cast<std::size_t>(unlabelled.rows.cols)), inverse_(mean_.size()) {
  const In<Cpu> rows = unlabelled.rows.in();
  for (Index c = 0; c < rows.cols; ++c) {
    double sum = 0, squares = 0;
    for (Index r = 0; r < rows.rows; ++r) sum += static_cast<double>(rows(r, c));
    const double mean = sum / static_cast<double>(rows.rows);
    for (Index r = 0; r < rows.rows; ++r)
      squares += std::pow(static_cast<double>(rows(r, c)) - mean, 2);
    const auto k = static_cast<std::size_t>(c);
    mean_[k] = static_cast<float>(mean);
    inverse_[k] =
        static_cast<float>(1 / (std::sqrt(squares / static_cast<double>(rows.rows)) + 1e-3));
  }
}

Embeddings Standardiser::operator()(Embeddings e) const {
  const Out<Cpu> rows = e.rows.out();
  for (Index r = 0; r < rows.rows; ++r)
    for (Index c = 0; c < rows.cols; ++c) {
      const auto k = static_cast<std::size_t>(c);
      rows(r, c) = (rows(r, c) - mean_[k]) * inverse_[k];
    }
  return e;
}

namespace {
Embeddings chosen(const Embeddings& all, const std::vector<Index>& rows) {
  Embeddings e{{std::ssize(rows), all.rows.cols}, {}};
  for (const Index row : rows) {
    std::copy_n(all.rows.in().row(row), e.rows.cols, e.rows.out().row(std::ssize(e.labels)));
    e.labels.push_back(all.labels[static_cast<std::size_t>(row)]);
  }
  return e;
}
}  // namespace

Embeddings draw_labels(const Embeddings& all, Index labels, std::uint64_t seed) {
  if (labels == 0) {
    std::vector<Index> every(all.labels.size());
    std::iota(every.begin(), every.end(), Index{0});
    return chosen(all, every);
  }
  const Index classes = 1 + *std::max_element(all.labels.begin(), all.labels.end());
  return chosen(all, labels_per_class(all.labels, classes, labels, seed));
}

Embeddings labelled_part(const Embeddings& all) {
  std::vector<Index> rows;
  for (std::size_t i = 0; i < all.labels.size(); ++i)
    if (all.labels[i] >= 0) rows.push_back(static_cast<Index>(i));
  return chosen(all, rows);
}

void require_finite(const Embeddings& e, const std::string& what) {
  Workspace scratch;
  const Index at = first_not_finite(Cpu{}, scratch, e.rows.in());
  if (at >= 0)
    throw std::runtime_error("selfsame: row " + std::to_string(at / e.rows.cols) + " of " + what +
                             " has a number that is not finite");
}

namespace {
// The labels of train, numbered from 0 in their order, so gaps between them cost nothing. What test alone has is one
// more, which nobody predicts.
struct Numbered {
  std::vector<Index> train, test;
  Index classes;
};
Numbered numbered(const Embeddings& train, const Embeddings& test) {
  std::vector<Index> known = train.labels;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const auto numbers = [&](std::vector<Index> labels) {
    for (Index& label : labels) {
      const auto at = std::lower_bound(known.begin(), known.end(), label);
      label = at != known.end() && *at == label ? at - known.begin() : std::ssize(known);
    }
    return labels;
  };
  return {numbers(train.labels), numbers(test.labels), std::ssize(known)};
}
}  // namespace

Accuracy knn_accuracy(const Cpu& device, const Embeddings& train, const Embeddings& test,
                      const Knn& knn) {
  Workspace scratch;
  const Numbered labels = numbered(train, test);
  const auto predicted = knn_predict(device, scratch, train.rows.in(), view<Cpu>(labels.train),
                                     test.rows.in(), labels.classes, knn);
  return accuracy(device, view<Cpu>(predicted), view<Cpu>(labels.test));
}

Accuracy linear_accuracy(const Cpu& device, const Embeddings& train, const Embeddings& test,
                         const LinearProbe& probe) {
  Workspace scratch;
  const Numbered labels = numbered(train, test);
  const auto classifier =
      probe.fit(device, train.rows.in(), view<Cpu>(labels.train), labels.classes);
  const auto predicted = predict(device, scratch, classifier, test.rows.in());
  return accuracy(device, view<Cpu>(predicted), view<Cpu>(labels.test));
}

}  // namespace selfsame::program
