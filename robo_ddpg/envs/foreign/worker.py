"""A few environments of Gymnasium's, stepped at another's command.

This file, and `snapshot.py` beside it, are all that another interpreter needs, besides NumPy and a
Gymnasium of any version from 0.26 on. As a program it obeys lines of JSON on its standard input,
answers in lines of JSON, and shares arrays through a mapped file: nothing is pickled, nothing
received is run.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import sys
import traceback
from typing import Any, Callable, Iterator

import gymnasium
import numpy as np

if __package__:
    from robo_ddpg.envs.foreign.snapshot import restore, snapshot
else:  # a program of its own, which finds what lies beside it
    from snapshot import restore, snapshot  # type: ignore[import-not-found, no-redef]

LARGEST_BATCH = 2048
"""Goals that are rewarded at once."""
NOT_REPORTED = -1
"""Success where an environment does not say."""


def make(name: str, settings: dict[str, Any]) -> gymnasium.Env[Any, Any]:
    """An environment from `module:Class`, or from an id as Gymnasium names it."""
    module, _, attribute = name.partition(":")
    if attribute:
        kind = getattr(importlib.import_module(module), attribute, None)
        if kind is not None:
            made: gymnasium.Env[Any, Any] = kind(**settings)
            return made
    return gymnasium.make(name, disable_env_checker=True, **settings)


def make_drawing(name: str, settings: dict[str, Any]) -> gymnasium.Env[Any, Any]:
    """The same, one that gives pictures if it can."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # a greeting on standard output
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")  # or a SIGTERM would end nothing
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # or it complains that there is none
    try:
        return make(name, {**settings, "render_mode": "rgb_array"})
    except Exception:
        env = make(name, settings)
        if "rgb_array" in _render_modes(env):
            raise
        return env


def _render_modes(env: gymnasium.Env[Any, Any]) -> list[str]:
    return [str(mode) for mode in env.metadata.get("render_modes") or ()]


def leaves(space: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Where each part of a space is, and its space; keys of a Dict in alphabetical order."""
    if isinstance(space, gymnasium.spaces.Dict):
        for key in sorted(space.spaces, key=str):
            yield from leaves(space.spaces[key], (*path, key))
    elif isinstance(space, gymnasium.spaces.Tuple):
        for index, child in enumerate(space.spaces):
            yield from leaves(child, (*path, index))
    else:
        yield path, space


def described(space: Any) -> dict[str, Any]:
    """What JSON can say of a space without parts."""
    kind, shape = type(space).__name__, list(space.shape or ())
    dtype = np.dtype(space.dtype or object).name
    values: dict[str, Any] = {"kind": kind, "shape": shape, "dtype": dtype}
    if kind == "Box":
        values.update(low=space.low.tolist(), high=space.high.tolist())
    elif kind == "Discrete":
        values.update(choices=int(space.n), start=int(getattr(space, "start", 0)))
    elif kind == "MultiDiscrete":
        values.update(choices=np.asarray(space.nvec).tolist())
    return values


def spaces_of(observation: Any, action: Any) -> dict[str, Any]:
    """What JSON can say of both spaces: the parts of an observation, and the action."""
    parts = [{"path": list(path), **described(space)} for path, space in leaves(observation)]
    return {"observation": parts, "action": described(action)}


def places(description: dict[str, Any], count: int) -> tuple[list[tuple[Any, ...]], int]:
    """Name, shape, type and offset of each array of `count` environments, and their size [bytes].

    Args:
        description: what `Group.describe` returned.
        count: number of environments.
    """
    action, goals = description["action"], (LARGEST_BATCH, *_goal_shape(description))
    wanted = [
        *(
            (f"observation.{i}", (count, *part["shape"]), part["dtype"])
            for i, part in enumerate(description["observation"])
        ),
        ("action", (count, *action["shape"]), action["dtype"]),
        ("reward", (count,), "f8"),
        ("terminated", (count,), "?"),
        ("truncated", (count,), "?"),
        ("success", (count,), "i1"),
        ("goal.achieved", goals, "f8"),
        ("goal.desired", goals, "f8"),
        ("goal.reward", goals[:1], "f8"),
        ("goal.terminated", goals[:1], "?"),
    ]
    placed, offset = [], 0
    for name, shape, dtype in wanted:
        placed.append((name, shape, dtype, offset))
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        offset += -(-size // 64) * 64
    return placed, offset


def allocate(description: dict[str, Any], count: int, file: str | None = None) -> dict[str, Any]:
    """The arrays of `count` environments, new in memory or within a file of the right size."""
    placed, size = places(description, count)
    memory = np.zeros(size, "u1") if file is None else np.memmap(file, "u1", "r+", 0, (size,))
    return {name: np.ndarray(shape, dtype, memory, offset) for name, shape, dtype, offset in placed}


def _goal_shape(description: dict[str, Any]) -> list[int]:
    parts = {tuple(part["path"]): part["shape"] for part in description["observation"]}
    return list(parts.get(("desired_goal",), [0]))


class Group:
    """Environments that are stepped one after the other."""

    def __init__(
        self, name: str, settings: dict[str, Any], count: int, pictures: bool = False
    ) -> None:
        """Make them.

        Args:
            name: `module:Class`, or an id.
            settings: arguments by name.
            count: how many.
            pictures: whether they will be asked for some.
        """
        self.name = name
        made = make_drawing if pictures else make
        self.envs = [made(name, settings) for _ in range(count)]
        self.steps = [0] * count
        self._finished = [True] * count
        self._parts = list(leaves(self.envs[0].observation_space))
        self._rows: dict[str, Any] = {}
        self._goals: dict[str, Any] = {}
        self._vectorized: dict[str, bool] = {}

    def describe(self) -> dict[str, Any]:
        """Spaces, time limit and abilities, as JSON-compatible values."""
        env = self.envs[0]
        spec = getattr(env, "spec", None)
        return {
            **spaces_of(env.observation_space, env.action_space),
            "episode_steps": getattr(spec, "max_episode_steps", None),
            "goals": isinstance(env.observation_space, gymnasium.spaces.Dict)
            and {"achieved_goal", "desired_goal"} <= set(env.observation_space.spaces)
            and callable(getattr(env.unwrapped, "compute_reward", None)),
            "terminates_by_goal": callable(getattr(env.unwrapped, "compute_terminated", None)),
            "frames_per_second": float(env.metadata.get("render_fps") or 0),
            "render_modes": _render_modes(env),
        }

    def bind(self, arrays: dict[str, Any], first: int = 0) -> None:
        """Write into the rows from `first` on of arrays made by `allocate`."""
        rows = slice(first, first + len(self.envs))
        self._rows = {k: v[rows] for k, v in arrays.items() if not k.startswith("goal.")}
        self._goals = {k: v for k, v in arrays.items() if k.startswith("goal.")}

    def reset(self, which: list[int], seeds: list[int | None]) -> None:
        """Start episodes in some of them, each from its seed or, with None, from where it is."""
        for i, seed in zip(which, seeds):
            self.steps[i] = 0
            with _Naming(self.name, i, "reset"):
                observation, _ = self.envs[i].reset(seed=seed)
                self._write(i, observation)
            self._finished[i] = False

    def step(self) -> None:
        """Step those that have not finished; the others stay as they are, without reward."""
        rows = self._rows
        for i, env in enumerate(self.envs):
            if self._finished[i]:
                rows["reward"][i] = 0.0
                continue
            self.steps[i] += 1
            with _Naming(self.name, i, f"step {self.steps[i]}"):
                observation, reward, terminated, truncated, info = env.step(
                    np.array(rows["action"][i])
                )
                self._write(i, observation)
                rows["reward"][i] = _number(reward)
            rows["terminated"][i], rows["truncated"][i] = bool(terminated), bool(truncated)
            rows["success"][i] = _success(info)
            self._finished[i] = bool(terminated) or bool(truncated)

    def state(self) -> list[dict[str, Any]]:
        """What each of them holds, with its rows of the arrays."""
        return [snapshot(self._held(i)) for i in range(len(self.envs))]

    def load_state(self, states: list[dict[str, Any]]) -> None:
        """Put back what `state` returned."""
        for i, state in enumerate(states):
            held = self._held(i)
            restore(held, state)
            self.steps[i], self._finished[i] = held["counted"]

    def render(self, index: int) -> Any:
        """The picture of one of them, (height, width, 3) of uint8."""
        with _Naming(self.name, index, f"picture after step {self.steps[index]}"):
            picture = np.array(self.envs[index].render())
            if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
                raise Misfit(
                    f"render() gives an array of shape {picture.shape} and type {picture.dtype}, "
                    "expected (height, width, 3) and uint8"
                )
        return picture

    def rewards(self, count: int) -> None:
        """Reward, and say whether episodes end, for the first `count` pairs of goals."""
        goals, env = self._goals, self.envs[0].unwrapped
        pairs = goals["goal.achieved"][:count], goals["goal.desired"][:count]
        goals["goal.reward"][:count] = self._of_goals(env.compute_reward, *pairs)  # type: ignore[attr-defined]
        terminated = getattr(env, "compute_terminated", None)
        if terminated is not None:
            goals["goal.terminated"][:count] = self._of_goals(terminated, *pairs)

    def is_vectorized(self) -> bool:
        """Whether many goals are rewarded in one call."""
        return self._vectorized.get("compute_reward", False)

    def close(self) -> None:
        """Free them."""
        for env in self.envs:
            env.close()

    def _of_goals(self, function: Callable[..., Any], achieved: Any, desired: Any) -> Any:
        """A function of goals, called once for all if it gives the same as one by one."""
        name = function.__name__
        if name not in self._vectorized and len(achieved) > 1:
            self._vectorized[name] = _agrees(function, achieved[:8], desired[:8])
        if self._vectorized.get(name):
            return function(achieved, desired, {})
        return [_number(function(a, d, {})) for a, d in zip(achieved, desired)]

    def _held(self, i: int) -> dict[str, Any]:
        rows = {name: array[i : i + 1] for name, array in self._rows.items()}
        counted = [self.steps[i], self._finished[i]]
        return {"env": self.envs[i], "rows": rows, "counted": counted}

    def _write(self, i: int, observation: Any) -> None:
        for k, (path, space) in enumerate(self._parts):
            value = observation
            for key in path:
                value = value[key]
            array = np.asarray(value)
            if array.shape != (space.shape or ()):
                where = "/".join(map(str, path)) or "observation"
                raise Misfit(
                    f"{where} has shape {array.shape}, its space says {space.shape}: {value!r:.80}"
                )
            self._rows[f"observation.{k}"][i] = array


class Misfit(ValueError):  # noqa: N818 - its name is shown to nobody
    """An environment returned what does not fit its spaces; the message says it all."""


class _Naming:
    """Notes on an exception where it came from."""

    def __init__(self, name: str, index: int, moment: str) -> None:
        self._words = f"{name}, simulation {index}, {moment}"

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is not None and not hasattr(error, "moment"):
            error.moment = self._words


def _agrees(function: Callable[..., Any], achieved: Any, desired: Any) -> bool:
    try:
        together = np.asarray(function(achieved, desired, {}), float)
    except Exception:
        return False
    one_by_one = [_number(function(a, d, {})) for a, d in zip(achieved, desired)]
    return together.shape == (len(achieved),) and np.allclose(together, one_by_one)


def _number(value: Any) -> float:
    """A number, or an array that holds one."""
    array = np.asarray(value, float)
    if array.size != 1:
        raise Misfit(f"expected one number, got shape {array.shape}: {value!r:.80}")
    return float(array.reshape(()))


def _success(info: dict[str, Any]) -> int:
    """1 or 0 where an environment says whether the task is solved, else `NOT_REPORTED`."""
    value = info.get("is_success", info.get("success"))
    try:
        number = _number(value)
    except (TypeError, ValueError):
        return NOT_REPORTED
    return NOT_REPORTED if math.isnan(number) else int(number > 0)


class Server:
    """Answers commands with a group of environments."""

    def __init__(self) -> None:
        self._group: Group = None  # type: ignore[assignment] # until "make"

    @property
    def made(self) -> bool:
        """Whether there are environments."""
        return self._group is not None

    def make(
        self, name: str, settings: dict[str, Any], count: int, pictures: bool = False
    ) -> dict[str, Any]:
        """Make the environments; describes them."""
        self._group = Group(name, settings, count, pictures)
        return self._group.describe()

    def share(self, file: str, count: int, first: int) -> None:
        """Map the file of all `count` environments, of which this group's begin with `first`."""
        self.bind(allocate(self._group.describe(), count, file), first)

    def bind(self, arrays: dict[str, Any], first: int) -> None:
        """The same with arrays of this process."""
        self._group.bind(arrays, first)

    def obey(self, command: str, arguments: dict[str, Any]) -> Any:
        """Do what is asked; the result is JSON-compatible, or an array."""
        doer = self if command in ("make", "share", "bind") else self._group
        return getattr(doer, command)(**arguments)


COMMANDS = (
    *("make", "share", "reset", "step", "render", "rewards", "is_vectorized", "close"),
    *("state", "load_state"),
)
"""Everything that a line may ask for."""


def serve(commands: Any, answers: Any) -> None:
    """Obey lines until there are no more.

    Args:
        commands: binary stream of `{"command": ..., "arguments": {...}}`.
        answers: binary stream; `{"result": ...}`, or `{"array": {"shape", "dtype"}}` and its
            bytes, or `{"error": {"kind", "text", "moment", "traceback"}}`.
    """
    server = Server()
    for line in commands:
        request = json.loads(line)
        payload = b""
        try:
            if request["command"] not in COMMANDS:
                raise ValueError(f"no such command: {request['command']!r}")
            result = server.obey(request["command"], request["arguments"])
            answer: dict[str, Any] = {"result": result}
            if isinstance(result, np.ndarray):
                answer = {"array": {"shape": result.shape, "dtype": result.dtype.name}}
                payload = np.ascontiguousarray(result).tobytes()
        except Exception as error:
            answer = {"error": _told(error)}
        answers.write(json.dumps(answer).encode() + b"\n" + payload)
        answers.flush()
    if server.made:
        server.obey("close", {})


def _told(error: Exception) -> dict[str, str]:
    return {
        "kind": type(error).__name__,
        "text": str(error),
        "moment": getattr(error, "moment", ""),
        "traceback": traceback.format_exc(),
    }


def main() -> None:
    """Serve standard input; what environments print goes to standard error."""
    sys.path[0] = os.getcwd()
    # A Ctrl-C in the terminal reaches this process too; it ends when its input does.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
