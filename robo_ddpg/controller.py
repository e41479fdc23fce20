"""A saved controller: one file without pickle, with everything needed to run it."""

import difflib
import functools
import hashlib
import json
import math
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from robo_ddpg import hub
from robo_ddpg.agent.action_scaling import ActionScaling
from robo_ddpg.agent.policy import Policy
from robo_ddpg.errors import ControllerError, UnreadableFile
from robo_ddpg.files import replacing
from robo_ddpg.flattening import ActionForm, Flattening
from robo_ddpg.reading.json_text import json_object
from robo_ddpg.reading.tensors import read_tensors
from robo_ddpg.shown import Facts, Shown, measured
from tasks.arrays import Float32
from tasks.scene import asset_path

FORMAT = 1
"""Version of the file format."""
ROWS_AT_ONCE = 16
"""Observations in one matrix product; with more, OpenBLAS would start threads that take longer to
meet than to multiply (200 observations on two busy cores: 32 ms, in parts 2 ms)."""
LARGEST_BOUND = float(np.finfo(np.float32).max) / 4
"""Of an action; what is computed from two of them is finite in float32."""
FILE_NAME = "controller.safetensors"
"""Name of the controller in a run directory."""


class Controller(Shown):
    """A deterministic policy with what is known of it: spaces, task, versions, evaluation.

    Loading one needs neither PyTorch nor an environment, and can never run code.
    """

    def __init__(
        self, tensors: dict[str, Float32], metadata: dict[str, Any], path: str = ""
    ) -> None:
        """A controller from its parts; `load` reads one from a file.

        Args:
            tensors: the actor and the normaliser, as `robo_ddpg.agent.policy.Policy` takes them.
            metadata: what is known of it besides: `task`, `observation_size`, `action_low`,
                `action_high` and so on.
            path: the file it came from.
        """
        self.tensors = tensors
        self.metadata = metadata
        """What the file says besides tensors: `task`, `action_low`, `evaluation` and so on."""
        self.path = path
        self.own = path == ""
        """Whether the user made it or vouched for it: only then a module or an interpreter that it
        names is used."""
        task = metadata["task"]
        observed, action = task.get("observation"), task.get("action")
        self._flattening = Flattening.from_json(observed) if observed else None
        self._form = ActionForm.from_json(action) if action else None
        self._policy = Policy(tensors, self._vector("action_low"), self._vector("action_high"))
        self._check_sizes()

    @property
    def task(self) -> dict[str, Any]:
        """Name and settings of the task it was trained for."""
        return dict(self.metadata["task"])

    @property
    def observation_size(self) -> int:
        """Number of values it expects in an observation."""
        return int(self.metadata["observation_size"])

    @property
    def action_size(self) -> int:
        """Number of action components."""
        return len(self.metadata["action_low"])

    @property
    def scaling(self) -> ActionScaling:
        """Between the actor's [-1, 1] and actions."""
        return self._policy.scaling

    def act(self, observation: Any) -> NDArray[Any]:
        """The action for an observation.

        Args:
            observation: (o,) or (n, o), or as the environment gives it: arrays of any shape,
                dictionaries and tuples of them, of one simulation or of n.

        Returns:
            (a,) or (n, a), within the action space; of the environment's own shape and type where
            its actions are no vectors of float32.

        Raises:
            ControllerError: the observation has another size or form.
        """
        action = self._act(self._vectors(observation))
        return action if self._form is None else self._form.formed(action)

    def facts(self) -> Facts:
        """The task, the sizes, how well it did, and the file."""
        return {
            "task": f"{self.metadata['task']['name']!r:.80}",
            "observation": f"{self.observation_size} values",
            "action": f"{self.action_size} values",
            **measured(self.metadata.get("evaluation")),
            "file": f"{self.path!r}" if self.path else "none",
        }

    def _check_sizes(self) -> None:
        """Raises ValueError if what it is told of observations and actions is not what it takes."""
        sizes = {self._policy.observation_size, self.observation_size}
        if self._flattening is not None:
            sizes.add(self._flattening.size)
        if len(sizes) > 1:
            raise ValueError(f"observations of {' or '.join(map(str, sorted(sizes)))} values")
        if self._form is not None and math.prod(self._form.shape) != self.action_size:
            raise ValueError(f"{self.action_size} actions in the shape {self._form.shape}")

    def _vectors(self, observation: Any) -> NDArray[Any]:
        """Observed vectors, (o,) or (n, o)."""
        nested = isinstance(observation, dict | tuple)
        x: NDArray[Any] = np.zeros(0) if nested else np.asarray(observation)
        if x.ndim in (1, 2) and x.shape[-1] == self.observation_size:
            return x
        try:
            if self._flattening is not None:
                return self._flattening.vector(observation)
            problem = "a dictionary" if nested else f"shape {x.shape}"
        except ValueError as error:
            problem = str(error)
        raise ControllerError(
            f"this controller expects {self.observation_size} observed values, "
            f"got {problem}; it was trained for the task {self.task['name']!r}"
        )

    def _act(self, x: NDArray[Any]) -> Float32:
        if x.ndim < 2 or len(x) <= ROWS_AT_ONCE:
            return self._policy.act(x)
        starts = range(0, len(x), ROWS_AT_ONCE)
        return np.concatenate([self._policy.act(x[i : i + ROWS_AT_ONCE]) for i in starts])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file; under its name there is either the whole file or the one before.

        Raises:
            ControllerError: it cannot be written.
        """
        path = Path(path)
        try:
            text = json.dumps(self.metadata, allow_nan=False)
            metadata = {"robo_ddpg": text, "sha256": digest(text, self.tensors)}
            with replacing(path) as part:
                part.write_bytes(save(self.tensors, metadata=metadata))
        except ValueError as error:
            raise ControllerError(f"cannot write the controller {path}: {error}") from None
        except OSError as error:
            reason = error.strerror or error
            raise ControllerError(
                f"cannot write the controller {path}: {reason}; name a place that can be written"
            ) from None
        return path

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Controller":
        """Read a controller file.

        Raises:
            ControllerError: there is none, or it is damaged, foreign or of another format.
        """
        try:
            tensors, texts = read_tensors(path)
            metadata = _checked(path, texts, tensors)
            return cls(tensors, metadata, str(path))
        except FileNotFoundError:
            raise ControllerError(
                f"there is no controller file {path}; `robo-ddpg train` makes one"
            ) from None
        except ControllerError:
            raise
        except _MISSHAPEN as error:
            reason = f"it has no {error}" if isinstance(error, KeyError) else error
            raise ControllerError(
                f"{path} is not a whole controller file ({reason}); train or copy it again"
            ) from None

    def vouched(self, task: str | None, python: str | None = None) -> "Controller":
        """The same, whose task the user names: its module may be imported.

        Args:
            task: name of the task, as the file has it; None vouches for nothing.
            python: the interpreter that knows it; one that a stranger's file names is not used.

        Raises:
            ControllerError: the file names another task.
        """
        if task not in (None, self.task["name"]):
            raise ControllerError(f"{self.path} is for {self.task['name']!r}, not {task!r}")
        named = self.task if self.own else {k: v for k, v in self.task.items() if k != "python"}
        if task is not None or python is not None:
            self.metadata["task"] = named | ({} if python is None else {"python": python})
        self.own |= task is not None
        return self

    @classmethod
    def find(cls, name: "Controller | str | os.PathLike[str]") -> "Controller":
        """A controller by file, run directory, `hf:owner/name`, or task whose controller ships.

        Args:
            name: one of these; a controller is returned as it is. A run directory counts as the
                user's own, a single file, or one from the Hugging Face Hub, may be a stranger's:
                see `vouched`. `hf:owner/name@revision` takes another than its newest revision.

        Raises:
            ControllerError: there is none.
        """
        if isinstance(name, Controller):
            return name
        if str(name).startswith(hub.PREFIX):
            return cls._from_hub(hub.HubName.parse(str(name)))
        path = Path(name)
        if path.is_dir():
            controller = cls.load(path / FILE_NAME)
            controller.own = True
            return controller
        if path.exists() or path.suffix:
            return cls.load(path)
        try:
            return cls.load(asset_path("controllers", f"{path.name}.safetensors"))
        except FileNotFoundError:
            near = difflib.get_close_matches(path.name, shipped(), n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ControllerError(
                f"no controller {str(name)!r}; {hint}expected a file, a run directory, or one of "
                f"the shipped controllers ({', '.join(shipped()) or 'none'})"
            ) from None

    @classmethod
    def _from_hub(cls, name: hub.HubName) -> "Controller":
        path, pinned = hub.fetch(name, FILE_NAME)
        controller = cls.load(path)
        controller.path = str(pinned)
        return controller

    def _vector(self, name: str) -> NDArray[np.float64]:
        vector = np.array(self.metadata[name], np.float64)
        if vector.ndim != 1 or not (np.abs(vector) <= LARGEST_BOUND).all():
            raise ValueError(f"{name} cannot be {self.metadata[name]!r:.40}")
        return vector


_MISSHAPEN = (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
"""What is raised where a file says something else than `save` writes."""
_TYPES: dict[str, dict[str, type]] = {
    "": {"task": dict, "observation_size": int, "action_low": list, "action_high": list},
    "task": {"name": str, "settings": dict},
}
"""Part of the metadata -> what is in it, and of which type."""

AnyController = Controller | str | os.PathLike[str]
"""What `Controller.find` takes."""


def digest(text: str, tensors: dict[str, Float32]) -> str:
    """SHA-256 of a controller's content, by which damage is noticed."""
    digested = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        digested.update(f"{name} {tensor.shape} {tensor.dtype}".encode())
        digested.update(np.ascontiguousarray(tensor).data)
    return digested.hexdigest()


def _checked(
    path: str | os.PathLike[str], header: dict[str, str], tensors: dict[str, Float32]
) -> dict[str, Any]:
    """The metadata in a file's header, after checking that it is a controller and undamaged."""
    text = header.get("robo_ddpg")
    if text is None:
        raise ControllerError(f"{path} was not written by robo_ddpg; name a controller file")
    if header.get("sha256") != digest(text, tensors):
        raise ControllerError(f"{path} is damaged: its checksum differs; train or copy it again")
    metadata = json_object(text)
    if metadata["format"] != FORMAT:
        raise ControllerError(
            f"{path} has format {metadata['format']!r:.40}, this version reads {FORMAT}; "
            "train it again"
        )
    for place, fields in _TYPES.items():
        for name, kind in fields.items():
            value = (metadata[place] if place else metadata)[name]
            if not isinstance(value, kind) or isinstance(value, bool):
                raise UnreadableFile(f"{name} cannot be {value!r:.40}")
    return metadata


def shipped() -> list[str]:
    """Names of the tasks whose controller comes with the package."""
    try:
        return sorted(path.stem for path in asset_path("controllers").glob("*.safetensors"))
    except FileNotFoundError:
        return []


def versions() -> dict[str, str]:
    """Versions of what a result depends on, as far as it is installed."""
    packages = ("robo-ddpg", "mujoco", "gymnasium", "numpy", "torch")
    return {name: found for name in packages if (found := _version(name))}


@functools.cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
