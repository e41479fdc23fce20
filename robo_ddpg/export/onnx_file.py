"""Writing a controller as an .onnx file, with its contract beside it, and trying it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from robo_ddpg.controller import AnyController, Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.export.contract import contract
from robo_ddpg.files import write_json, writing

METADATA = "robo_ddpg"
"""Key under which the contract is found in the file's metadata, too."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    onnx: Path
    """The graph."""
    contract: Path
    """What its numbers mean, in JSON."""
    observations: int
    """Made-up observations on which it was compared with the controller."""
    largest_difference: float
    """Of actions there, as a share of half of their range."""

    @property
    def same(self) -> bool:
        """Whether it acts as the controller does."""
        from robo_ddpg.export.parity import TOLERANCE

        return self.largest_difference <= TOLERANCE


def export_onnx(controller: AnyController, path: str | os.PathLike[str]) -> Exported:
    """Write a policy for onnxruntime, from observations to actions in physical units.

    Args:
        controller: as `Controller.find` takes it.
        path: ends in .onnx; the contract is written beside it, with the suffix .json.

    Raises:
        SettingsError: the name ends otherwise, or the extra `onnx` is not installed.
        ControllerError: there is no such controller, or nobody vouched for the module it names.
        OutputDirectoryError: it cannot be written.
    """
    path = Path(path)
    if path.suffix != ".onnx":
        raise SettingsError(f"name the file .onnx, got {path}")
    try:
        from robo_ddpg.export.graph import policy_graph
        from robo_ddpg.export.parity import parity
    except ImportError as error:
        raise SettingsError(
            f"an export needs {error.name}: pip install 'robo-ddpg[onnx]'"
        ) from None
    controller = Controller.find(controller)
    told, command = contract(controller)
    model = policy_graph(controller, command)
    model.metadata_props.add(key=METADATA, value=json.dumps(told))
    with writing(path) as part:
        part.write_bytes(model.SerializeToString())
    beside = write_json(told, path.with_suffix(".json"))
    return Exported(path, beside, *parity(controller, path))
