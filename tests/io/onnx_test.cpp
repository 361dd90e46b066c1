#include <selfsame/io/onnx.hpp>
#include "support/catch.hpp"

#include <vector>

using namespace selfsame;

TEST_CASE("ONNX: a graph of every operator has the bytes that the reference package writes",
          "[io]") {
  std::vector<float> weights;
  for (int i = 0; i < 36; ++i) weights.push_back(static_cast<float>(i) / 8);
  const std::vector<float> bias{.5f, -200};
  OnnxGraph graph("images", 3, 12, 16);
  const std::string conv = graph.convolution("conv", "images", {2, 3, 3, 2}, weights, bias, 2, 1);
  const std::string sum = graph.add("sum", conv, graph.relu("conv.relu", conv));
  const std::string top = graph.max_pool("top", sum, 3, 2, 1);
  const std::string means = graph.average_pool("means", top, 3, 4);
  const std::string features =
      graph.flatten("features", graph.transpose("turned", means, {0, 2, 3, 1}));
  CHECK(graph.text(features, 2) ==
        read_file(std::string(SELFSAME_GOLDEN_DIR) + "/io/operators.onnx"));
}
