"""A controller as a graph for ONNX: from observations to actions, and to what they ask for."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from robo_ddpg.controller import Controller
from robo_ddpg.export.contract import ACTION, COMMAND, OBSERVATION, Command

OPSET, IR_VERSION = 17, 8
"""Versions of the operators and of the file format; old ones, so that old runtimes read them."""
_TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float64): TensorProto.DOUBLE}

Tensors = Mapping[str, NDArray[Any]]


class _Graph:
    """Nodes in a row, each with the constants that it takes besides the result before it."""

    def __init__(self, start: str) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.last = start
        """Name of the last result."""

    def add(self, kind: str, *constants: Any, result: str = "", **attributes: Any) -> None:
        """Append a node, and name its result."""
        result = result or f"{kind.lower()}_{len(self.nodes)}"
        names = [f"{result}_{place}" for place in range(len(constants))]
        self.constants += map(numpy_helper.from_array, map(np.asarray, constants), names)
        self.nodes.append(helper.make_node(kind, [self.last, *names], [result], **attributes))
        self.last = result


def policy_graph(controller: Controller, command: Command | None = None) -> onnx.ModelProto:
    """Normaliser, actor and scaling as `Controller.act` computes them.

    It computes in float64, as `Policy` does. What is not a number stays none, all through to the
    actions.

    Args:
        controller: what acts.
        command: what an action of 1 and one of 0 ask for; None where that is not known.

    Returns:
        The input `observation`, (b, o), in float64 where the controller observes in float64, and
        the outputs `action`, (b, a), within the action space, and, if known, `command`, (b, a).
    """
    tensors = {name: np.asarray(value, np.float64) for name, value in controller.tensors.items()}
    observed = controller.tensors.get("normalizer.offset", np.zeros(0, np.float32)).dtype
    graph = _Graph(OBSERVATION)
    graph.add("Cast", to=TensorProto.DOUBLE)
    if "normalizer.offset" in tensors:
        _normalize(graph, tensors)
    _act(graph, tensors)
    graph.add("Cast", to=TensorProto.FLOAT)
    _scale(graph, controller)
    outputs = [ACTION]
    if command is not None:
        graph.add("Mul", np.asarray(command.one, np.float32))
        graph.add("Add", np.asarray(command.zero, np.float32), result=COMMAND)
        outputs.append(COMMAND)
    sizes = controller.observation_size, controller.action_size
    return _model(graph, _TYPES[observed], *sizes, outputs)


def _normalize(graph: _Graph, tensors: Tensors) -> None:
    """Deviations from the mean, in standard deviations, clipped."""
    clip = tensors["normalizer.clip"][0]
    graph.add("Sub", tensors["normalizer.offset"])
    graph.add("Mul", tensors["normalizer.scale"])
    graph.add("Clip", -clip, clip)


def _act(graph: _Graph, tensors: Tensors) -> None:
    """Actions in [-1, 1]."""
    depth = sum(name.startswith("actor.") and name.endswith(".weight") for name in tensors)
    for index in range(depth):
        layer = (tensors[f"actor.{index}.{part}"] for part in ("weight", "bias"))
        graph.add("Gemm", *layer, transB=1)
        graph.add("Relu" if index < depth - 1 else "Tanh")


def _scale(graph: _Graph, controller: Controller) -> None:
    """Into the action space; rounding does not leave its bounds."""
    scaling = controller.scaling
    graph.add("Mul", scaling.half_range)
    graph.add("Add", scaling.center)
    graph.add("Min", scaling.high)
    graph.add("Max", scaling.low, result=ACTION)


def _model(
    graph: _Graph, observed: int, observation_size: int, action_size: int, outputs: list[str]
) -> onnx.ModelProto:
    """The whole file, checked."""
    into = helper.make_tensor_value_info(OBSERVATION, observed, ["b", observation_size])
    out = [helper.make_tensor_value_info(o, TensorProto.FLOAT, ["b", action_size]) for o in outputs]
    body = helper.make_graph(graph.nodes, "policy", [into], out, graph.constants)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(
        body, producer_name="robo_ddpg", opset_imports=[opset], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model
