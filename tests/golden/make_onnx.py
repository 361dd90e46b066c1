"""A graph of every operator that io/onnx.hpp writes, by the reference package, byte by byte.

packages: onnx 1.23; no seed: weights are counted
command: python tests/golden/make_onnx.py
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

weights = np.arange(2 * 3 * 3 * 2, dtype=np.float32).reshape(2, 3, 3, 2) / 8
bias = np.array([0.5, -200.0], dtype=np.float32)
pads, strides = [1, 1, 1, 1], [2, 2]
nodes = [
    helper.make_node("Conv", ["images", "conv.weight", "conv.bias"], ["conv"], "conv", kernel_shape=[3, 2], pads=pads,
                     strides=strides),
    helper.make_node("Relu", ["conv"], ["conv.relu"], "conv.relu"),
    helper.make_node("Add", ["conv", "conv.relu"], ["sum"], "sum"),
    helper.make_node("MaxPool", ["sum"], ["top"], "top", kernel_shape=[3, 3], pads=pads, strides=strides),
    helper.make_node("AveragePool", ["top"], ["means"], "means", kernel_shape=[3, 4], strides=[3, 4]),
    helper.make_node("Transpose", ["means"], ["turned"], "turned", perm=[0, 2, 3, 1]),
    helper.make_node("Flatten", ["turned"], ["features"], "features", axis=1),
]
tensors = [
    helper.make_tensor("conv.weight", TensorProto.FLOAT, weights.shape, weights.tobytes(), raw=True),
    helper.make_tensor("conv.bias", TensorProto.FLOAT, bias.shape, bias.tobytes(), raw=True),
]
graph = helper.make_graph(nodes, "selfsame",
                          [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 12, 16])],
                          [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 2])], tensors)
model = helper.make_model(graph, producer_name="selfsame", producer_version="0.1.0", ir_version=7,
                          opset_imports=[helper.make_opsetid("", 13)])
onnx.checker.check_model(model, full_check=True)
(Path(__file__).resolve().parent / "io" / "operators.onnx").write_bytes(model.SerializeToString(deterministic=True))
