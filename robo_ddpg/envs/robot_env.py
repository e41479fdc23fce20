"""The Gymnasium environments: one simulation, or many in a batch, around the same step core."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.foreign.snapshot import restore, snapshot
from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.remade import Remade
from robo_ddpg.envs.simulation import OBSERVATION_LIMIT, Outcome, Simulation
from robo_ddpg.envs.spec import TellsTimeLimit
from robo_ddpg.model_fields import model_hash
from robo_ddpg.rendering.renderer import FrameRenderer
from tasks.arrays import Float32, Int64, Mask
from tasks.quantities import Measure
from tasks.task import GoalTask, Task


class RobotEnv(Remade, TellsTimeLimit, gymnasium.Env[Float32, Float32]):
    """One simulation of a task.

    Actions are in [-1, 1]; whatever they are, the arm stays within its limits. `info` has
    `is_success`, `reward_terms`, `safety` (reason -> count and size of alterations in this episode)
    and `violations` (limit -> worst overshoot in this episode).
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": ["rgb_array"],
        "render_fps": 20,
    }
    carried = ("_spec", "_np_random", "_np_random_seed")

    def __init__(
        self,
        task: str | Task = "reach",
        render_mode: str | None = None,
        camera: str = "front",
        width: int = 640,
        height: int = 480,
        **settings: Any,
    ) -> None:
        """Build the simulation.

        Args:
            task: a registered name, `module:Class`, or a task.
            render_mode: `rgb_array` or None; `gymnasium.make` makes a window of it for `human`.
            camera: camera for rendering.
            width: image width [px].
            height: image height [px].
            **settings: the task's settings.
        """
        _check_render_mode(render_mode)
        self.task = make_task(task, **settings)
        self.metadata = {**self.metadata, "render_fps": self.task.settings.control_hz}
        self.simulation = Simulation(self.task, nsim=1, threads=1)
        self.batch = self.simulation.batch
        self.observation_space = _observation_space(self.simulation)
        self.action_space = _action_space(self.simulation)
        self.render_mode = render_mode
        picture: dict[str, Any] = {"camera": camera, "width": width, "height": height}
        self.arguments = {"render_mode": render_mode, **picture}
        self._view = _View(self.simulation, **picture)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Float32, dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed)
        self.simulation.rngs[0] = self.np_random
        self.needs_reset = False
        observation = self.simulation.reset(np.array([0]))
        return observation[0], {}

    def step(self, action: Float32) -> tuple[Float32, float, bool, bool, dict[str, Any]]:
        """One control step.

        Raises:
            ValueError: the action has another shape than the action space.
            ResetNeeded: this is a copy, and was not reset yet.
        """
        self.check_was_reset()
        outcome = self.simulation.step(_checked(action, self.action_space)[None])
        return (
            outcome.observation[0],
            float(outcome.reward[0]),
            bool(outcome.terminated[0]),
            bool(outcome.truncated[0]),
            first(outcome.info),
        )

    def render(self) -> Any:
        """The image of the present state, (height, width, 3) uint8; None without a mode."""
        return None if self.render_mode is None else self._view.image(0)

    def close(self) -> None:
        """Free the renderer; may be called twice."""
        self._view.close()


class RobotVectorEnv(Remade, TellsTimeLimit, VectorEnv[Float32, Float32, NDArray[Any]]):
    """Many simulations of a task, stepped together on all cores without subprocesses.

    Simulation k behaves as a `RobotEnv` with seed + k would alone.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": ["rgb_array"],
        "render_fps": 20,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }
    carried = ("_spec", "seeds", "_seeded")

    def __init__(
        self,
        num_envs: int = 1,
        task: str | Task = "reach",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        camera: str = "front",
        width: int = 640,
        height: int = 480,
        threads: int = 0,
        max_episode_steps: int | None = None,
        **settings: Any,
    ) -> None:
        """Build the simulations.

        Args:
            num_envs: number of simulations n.
            task: a registered name, `module:Class`, or a task.
            render_mode: `rgb_array` or None.
            autoreset_mode: when finished simulations start anew; with `DISABLED` the caller
                resets them by `reset(options={"reset_mask": mask})`.
            camera: camera for rendering.
            width: image width [px].
            height: image height [px].
            threads: physics threads; 0 for one per core.
            max_episode_steps: what `gymnasium.make_vec` reads in the spec of such an environment.
            **settings: the task's settings.
        """
        if num_envs < 1:
            raise ValueError(f"num_envs must be positive, got {num_envs}")
        _check_render_mode(render_mode)
        self.task = make_task(task, **settings)
        self.check_time_limit(max_episode_steps)
        self.simulation = Simulation(self.task, num_envs, threads)
        self.batch = self.simulation.batch
        self.num_envs = num_envs
        self.single_observation_space = _observation_space(self.simulation)
        self.single_action_space = _action_space(self.simulation)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.render_mode = render_mode
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            **self.metadata,
            "autoreset_mode": self.autoreset_mode,
            "render_fps": self.task.settings.control_hz,
        }
        self._view = _View(self.simulation, camera, width, height)
        self.arguments = {
            "num_envs": num_envs,
            "render_mode": render_mode,
            "autoreset_mode": self.autoreset_mode,
            "camera": camera,
            "width": width,
            "height": height,
            "threads": threads,
        }
        self.seeds: Int64 = np.zeros(num_envs, np.int64)
        """The seed that each simulation's random numbers were last started from, (n,)."""
        self.notes: list[str] = []
        self._finished = np.zeros(num_envs, bool)
        self._seeded = False

    @property
    def episode_steps(self) -> int:
        """Control steps per episode."""
        return self.task.episode_steps

    @property
    def goal_space(self) -> GoalSpace | None:
        """How goals are read, replaced and rewarded; None if the task has no goals."""
        task: Any = self.task
        return task if isinstance(self.task, GoalTask) else None

    @property
    def quantities(self) -> dict[str, Measure]:
        """What the task and the drive measure, in words and units."""
        return self.simulation.quantities

    def describe(self) -> dict[str, Any]:
        """The task's name and settings, and the hash of its model."""
        return self.task.describe() | {"model_hash": model_hash(self.task.model)}

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Float32, dict[str, Any]]:
        """Start episodes, in all simulations or in those of `options["reset_mask"]`, (n,) bool.

        Raises:
            ValueError: the mask or the list of seeds does not have one value per simulation.
        """
        mask = (options or {}).get("reset_mask")
        mask = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask)
        if mask.shape != (self.num_envs,) or mask.dtype != bool:
            raise ValueError(
                f"reset_mask must be bool of shape ({self.num_envs},), "
                f"got {mask.dtype} of shape {mask.shape}"
            )
        ids = np.flatnonzero(mask)
        self._seed(seed, ids)
        self._finished[ids] = False
        self.needs_reset &= not mask.all()
        return self.simulation.reset(ids), {}

    def step(
        self, actions: Float32
    ) -> tuple[Float32, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """One control step of all simulations.

        Raises:
            ValueError: the actions have another shape than the action space.
            ResetNeeded: this is a copy, and was not reset yet.
        """
        self.check_was_reset()
        again = self._finished & (self.autoreset_mode is AutoresetMode.NEXT_STEP)
        restart = np.flatnonzero(again)
        outcome = self.simulation.step(_checked(actions, self.action_space), restart)
        if len(restart):
            outcome = _begun(outcome, again)
        finished = outcome.terminated | outcome.truncated
        observation, info = outcome.observation, outcome.info
        if self.autoreset_mode is AutoresetMode.SAME_STEP and finished.any():
            info = _blanked(outcome.info, finished) | {
                "final_obs": _objects(observation, finished),
                "_final_obs": finished.copy(),
                "final_info": outcome.info,
                "_final_info": finished.copy(),
            }
            observation = self.simulation.reset(np.flatnonzero(finished))
        self._finished = finished
        return observation, outcome.reward, outcome.terminated, outcome.truncated, info

    def state(self) -> dict[str, Any]:
        """What the simulations, their task and its drive hold, JSON-compatible."""
        return snapshot(self)

    def load_state(self, state: dict[str, Any]) -> None:
        """Put back what `state` returned, after a reset and a step."""
        restore(self, state)

    def render(self) -> tuple[Any, ...] | None:
        """The images of all simulations, (height, width, 3) uint8 each; None without a mode."""
        if self.render_mode is None:
            return None
        return tuple(self._view.image(i) for i in range(self.num_envs))

    @property
    def frames_per_second(self) -> float:
        """Control steps in a second [1/s]."""
        return self.task.settings.control_hz

    def picture(self, index: int) -> NDArray[np.uint8]:
        """The image of one simulation, (height, width, 3) uint8."""
        return self._view.image(index)

    def close_extras(self, **kwargs: Any) -> None:
        """Free the renderer."""
        self._view.close()

    def _seed(self, seed: int | list[int | None] | None, ids: NDArray[np.intp]) -> None:
        if seed is None and not self._seeded:
            seed = seeding.np_random()[1] % 2**31
        if seed is None:
            return
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed
        if len(seeds) != self.num_envs:
            raise ValueError(f"expected {self.num_envs} seeds or a single one, got {len(seeds)}")
        for i in ids:
            if seeds[i] is not None:
                self.simulation.rngs[i] = seeding.np_random(seeds[i])[0]
                self.seeds[i] = seeds[i]
        self._seeded = True


def _begun(outcome: Outcome, again: Mask) -> Outcome:
    """The same where episodes have only just started: no reward, no ending."""
    running = ~again
    return Outcome(
        outcome.observation,
        outcome.reward * running,
        outcome.terminated & running,
        outcome.truncated & running,
        _blanked(outcome.info, again),
    )


def first(info: dict[str, Any]) -> dict[str, Any]:
    """The first simulation's share of nested arrays, scalars as Python numbers."""
    return {
        key: first(value) if isinstance(value, dict) else _first_row(value)
        for key, value in info.items()
    }


def _first_row(value: NDArray[Any]) -> Any:
    return value.item(0) if value.ndim == 1 else value[0]


def _blanked(info: dict[str, Any], mask: NDArray[np.bool_]) -> dict[str, Any]:
    """The same nested arrays with 0 and False where an episode has only just started."""
    blanked: dict[str, Any] = {}
    for key, value in info.items():
        if isinstance(value, dict):
            blanked[key] = _blanked(value, mask)
        else:
            rows = value.copy()
            rows[mask] = 0
            blanked[key] = rows
    return blanked


def _objects(rows: Float32, mask: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Rows of the mask as an object array, None elsewhere: Gymnasium's final observations."""
    out = np.full(len(rows), None, object)
    for i in np.flatnonzero(mask):
        out[i] = rows[i].copy()
    return out


def _check_render_mode(mode: str | None) -> None:
    if mode not in (None, "rgb_array"):
        raise ValueError(f"render_mode must be 'rgb_array' or None, got {mode!r}")


def _checked(action: Any, space: Any) -> NDArray[np.floating[Any]]:
    """The action as an array; its values may be anything, its shape may not."""
    array = np.asarray(action)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"actions must be real numbers, got {array.dtype}: {action!r:.60}")
    if array.shape != space.shape:
        raise ValueError(f"actions must have shape {space.shape}, got {array.shape}")
    return array.astype(float)


def _observation_space(simulation: Simulation) -> Any:
    limit = np.float32(OBSERVATION_LIMIT)
    return Box(-limit, limit, (simulation.observation_size,), np.float32)


def _action_space(simulation: Simulation) -> Any:
    return Box(-1.0, 1.0, (simulation.action_size,), np.float32)


class _View:
    """Images of a simulation; the renderer is made when the first one is asked for."""

    def __init__(self, simulation: Simulation, camera: str, width: int, height: int) -> None:
        self._simulation = simulation
        self._size, self._camera = (width, height), camera
        self._renderer: FrameRenderer | None = None

    def image(self, index: int) -> NDArray[np.uint8]:
        if self._renderer is None:
            model = self._simulation.task.model
            self._renderer = FrameRenderer(model, *self._size, camera=self._camera)
        return self._renderer.render(self._simulation.data(index))

    def close(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
        self._renderer = None
