"""`robo-ddpg export`."""

from dataclasses import dataclass
from pathlib import Path

from robo_ddpg.cli.output import say, say_json
from robo_ddpg.cli.parsing.fields import ControllerName, File, Json, OwnTask
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import Controller
from robo_ddpg.export.onnx_file import Exported, export_onnx

NAME = "policy.onnx"
"""Of the file in a run directory."""


@dataclass(frozen=True)
class ExportOptions:
    """Write a policy as ONNX, with names, order and units of its numbers.

    The graph goes from observations as they are measured to actions, and to what they ask for in
    physical units: normalisation, networks, scaling and clipping are in it. A contract in JSON
    beside it, and in its metadata, says what every number means, at which rate it is asked, within
    which limits the robot was driven, and how the policy was evaluated. It is compared with the
    controller on 100,000 observations; the exit code is 1 if they act differently.
    """

    controller: ControllerName
    onnx: File = None
    """The .onnx to write; if not given, policy.onnx in the run directory, or TASK.onnx here."""
    task: OwnTask = None
    json: Json = False


def run(words: Words) -> bool:
    """Write a policy as ONNX, with names, order and units of its numbers."""
    options = parse(ExportOptions, words, "export")
    controller = Controller.find(options.controller).vouched(options.task)
    exported = export_onnx(controller, options.onnx or _default(options.controller, controller))
    if options.json:
        say_json({**vars(exported), "onnx": str(exported.onnx), "contract": str(exported.contract)})
    else:
        say(_told(exported))
    return exported.same


def _default(name: str, controller: Controller) -> Path:
    """Where to, if nobody says so."""
    task = str(controller.task["name"]).replace(":", ".").replace("/", ".")
    return Path(name) / NAME if Path(name).is_dir() else Path(f"{task}.onnx")


def _told(exported: Exported) -> str:
    acts = "acts as the controller does" if exported.same else "does NOT act as the controller does"
    difference = f"actions differ by at most {exported.largest_difference:.1g} of half their range"
    return (
        f"{exported.onnx}\n{exported.contract}\n"
        f"it {acts}: over {exported.observations:,} observations, {difference}"
    )
