// What embeddings are judged by: nearest neighbours and a linear probe.
#include <selfsame/eval/knn.hpp>
#include <selfsame/eval/linear_probe.hpp>

#include "row.hpp"

namespace selfsame::bench {
namespace {

void knn(Row& row) {
  const In<Cpu> train = row.rows("train"), test = row.rows("test");
  const auto labels = row.indices("labels");
  const Index classes = row.count("classes");
  const auto predictions = row.result("predictions", test.rows);
  const Knn numbers{.k = row.count("k"), .temperature = row.number("temperature")};
  Workspace scratch;
  row.measure([&] {
    const auto found = knn_predict(row.device, scratch, train, labels, test, classes, numbers);
    std::transform(found.begin(), found.end(), predictions.begin(),
                   [](Index label) { return static_cast<float>(label); });
    return 0.0;
  });
}

void probe(Row& row) {
  const In<Cpu> train = row.rows("train");
  const auto labels = row.indices("labels");
  const Index classes = row.count("classes");
  const auto weights = row.result("weights", classes * train.cols);
  const auto bias = row.result("bias", classes);
  const LinearProbe numbers{.l2 = row.number("l2"), .tolerance = row.number("tolerance")};
  row.measure([&] {
    const auto found = numbers.fit(row.device, train, labels, classes);
    std::copy(found.weights.data.begin(), found.weights.data.end(), weights.begin());
    std::copy(found.bias.begin(), found.bias.end(), bias.begin());
    return found.objective;
  });
}

const bool added[] = {add_row("knn_20", knn), add_row("knn_200", knn), add_row("probe", probe)};

}  // namespace
}  // namespace selfsame::bench
