"""Buildings as Gymnasium environments: one of them, or many at once."""

import dataclasses
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from robo_ddpg.control.interventions import NON_FINITE, OUT_OF_RANGE, Interventions
from robo_ddpg.envs.building.named import building_settings
from robo_ddpg.envs.building.picture import DayPicture
from robo_ddpg.envs.foreign.snapshot import restore, snapshot
from robo_ddpg.envs.robot_env import first
from robo_ddpg.envs.simulation import OBSERVATION_LIMIT, sanitize
from robo_ddpg.errors import RenderingError
from robo_ddpg.flattening import Flattening
from tasks.arrays import Array, Float32, Ids, Int64
from tasks.building.building import (
    LIMITS,
    MEASURED,
    REASONS,
    Building,
)
from tasks.quantities import Measure

STEPS_PER_SECOND = 12
"""Of films: a day of hourly steps takes two seconds."""


class BuildingVectorEnv(VectorEnv[Float32, Float32, NDArray[Any]]):
    """n buildings, stepped together; building k does what it does alone with seed + k.

    Actions are in [-1, 1]; whatever they are, pump and battery stay within their limits. `info` has
    `reward_terms`, `metrics`, `safety` (reason -> count and size of alterations in this episode)
    and `violations` (limit -> worst overshoot in this episode [K]).
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": ["rgb_array"],
        "render_fps": STEPS_PER_SECOND,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }
    simulation = None
    goal_space = None
    frames_per_second = float(STEPS_PER_SECOND)
    quantities: dict[str, Measure] = MEASURED

    def __init__(
        self,
        num_envs: int = 1,
        building: str = "building",
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **settings: Any,
    ) -> None:
        """Build them.

        Args:
            num_envs: number of buildings n.
            building: name, which says what the settings are if nobody else does.
            render_mode: `rgb_array` or None.
            autoreset_mode: `NEXT_STEP`, or `DISABLED`: the caller resets finished ones by
                `reset(options={"reset_mask": mask})`.
            **settings: of `BuildingSettings`.

        Raises:
            ValueError: there is no building, or the mode is not one of those.
            SettingsError: there is no such setting, or not with this value.
        """
        if num_envs < 1:
            raise ValueError(f"num_envs must be positive, got {num_envs}")
        mode = AutoresetMode(autoreset_mode)
        if mode is AutoresetMode.SAME_STEP:
            raise ValueError(f"autoreset_mode must be NEXT_STEP or DISABLED, got {mode}")
        self.name, self.settings = building, building_settings(building, **settings)
        self.building = Building(self.settings, num_envs)
        self.num_envs, self.render_mode, self.autoreset_mode = num_envs, render_mode, mode
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.rngs = [np.random.default_rng() for _ in range(num_envs)]
        self.seeds: Int64 = np.zeros(num_envs, np.int64)
        """The seed that each building's random numbers were last started from, (n,)."""
        self.notes: list[str] = []
        reasons = (NON_FINITE, OUT_OF_RANGE, *REASONS)
        self.interventions = Interventions(num_envs, reasons, LIMITS)
        self._finished = np.zeros(num_envs, bool)
        self._picture = DayPicture(self.building) if render_mode else None
        self.building.reset(np.arange(num_envs), self.rngs)
        self.layout = self._layout()
        limit = OBSERVATION_LIMIT
        self.single_observation_space = Box(-limit, limit, (self.layout.size,), np.float32)
        self.single_action_space = Box(-1.0, 1.0, (self.building.action_size,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    @property
    def episode_steps(self) -> int:
        """Actions per episode."""
        return self.settings.episode_steps

    def describe(self) -> dict[str, Any]:
        """Name, settings, and the parts of an observed vector."""
        settings = dataclasses.asdict(self.settings)
        return {"name": self.name, "settings": settings, "observation": self.layout.to_json()}

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Float32, dict[str, Any]]:
        """Start episodes, in all buildings or in those of `options["reset_mask"]`, (n,) bool.

        Raises:
            ValueError: there is not one value of mask or seeds per building.
        """
        mask = (options or {}).get("reset_mask")
        mask = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask)
        if mask.shape != (self.num_envs,):
            raise ValueError(f"expected a reset_mask of ({self.num_envs},), got {mask.shape}")
        ids = np.flatnonzero(mask)
        self._seed(seed, ids)
        self._start(ids)
        return self._observe(), {}

    def step(
        self, actions: Float32
    ) -> tuple[Float32, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """One step of all buildings.

        Raises:
            ValueError: the actions have another shape than the action space.
        """
        if np.shape(actions) != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, got {np.shape(actions)}"
            )
        again = np.flatnonzero(self._finished)
        self._act(np.asarray(actions, np.float64))
        terms = self.building.reward_terms()
        reward = self.building.reward(terms)
        finished = self.building.steps >= self.episode_steps
        info = self._info(terms)
        if self.autoreset_mode is AutoresetMode.NEXT_STEP:
            reward[again], finished[again] = 0.0, False
            self._start(again)
            self._finished = finished
        return self._observe(), reward, np.zeros(self.num_envs, bool), finished, info

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """The pictures of all buildings, (height, width, 3) each; None without a mode."""
        if self.render_mode is None:
            return None
        return tuple(self.picture(i) for i in range(self.num_envs))

    def picture(self, index: int) -> NDArray[np.uint8]:
        """The day of one building, (height, width, 3) uint8.

        Raises:
            RenderingError: it was made without a render mode.
        """
        if self._picture is None:
            raise RenderingError(f'{self.name} was made without render_mode="rgb_array"')
        return self._picture.draw(index)

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on, JSON-compatible."""
        return snapshot(self)

    def load_state(self, state: dict[str, Any]) -> None:
        """Put back what `state` returned, after a reset and a step."""
        restore(self, state)

    def _seed(self, seed: int | list[int | None] | None, ids: Ids) -> None:
        if seed is None:
            return
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else list(seed)
        if len(seeds) != self.num_envs:
            raise ValueError(f"expected {self.num_envs} seeds or a single one, got {len(seeds)}")
        for i in ids:
            if (one := seeds[i]) is not None:
                self.rngs[i], self.seeds[i] = seeding.np_random(int(one))[0], one

    def _start(self, ids: Ids) -> None:
        if len(ids):
            self.building.reset(ids, [self.rngs[i] for i in ids])
            self.interventions.reset(ids)
            self._finished[ids] = False

    def _act(self, actions: Array) -> None:
        self.interventions.begin()
        possible, _ = sanitize(actions, self.interventions.altered)
        step = self.building.step(possible)
        for reason, size in step.altered.items():
            self.interventions.altered[reason][:] = size
        self.interventions.overshoot["too_cold"][:] = step.too_cold_k
        self.interventions.overshoot["too_hot"][:] = step.too_hot_k
        self.interventions.count()
        if self._picture is not None:
            self._picture.remember()

    def _info(self, terms: dict[str, Any]) -> dict[str, Any]:
        return {
            "reward_terms": terms,
            "metrics": {name: total.copy() for name, total in self.building.total.items()},
            "safety": self.interventions.report(),
            "violations": self.interventions.violations(),
        }

    def _observe(self) -> Float32:
        parts = list(self.building.observe().values())
        seen: Float32 = np.concatenate(parts, axis=1, dtype=np.float32)
        return np.clip(seen, -OBSERVATION_LIMIT, OBSERVATION_LIMIT, out=seen)

    def _layout(self) -> Flattening:
        parts = self.building.observe().items()
        return Flattening.from_json(
            [{"path": [name], "kind": "Box", "shape": [part.shape[1]]} for name, part in parts]
        )


class BuildingEnv(gymnasium.Env[Float32, Float32]):
    """One building; see `BuildingVectorEnv`."""

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": ["rgb_array"],
        "render_fps": STEPS_PER_SECOND,
    }

    def __init__(
        self, building: str = "building", render_mode: str | None = None, **settings: Any
    ) -> None:
        """Build it.

        Args:
            building: name, which says what the settings are if nobody else does.
            render_mode: `rgb_array` or None.
            **settings: of `BuildingSettings`.
        """
        self.batch = BuildingVectorEnv(1, building, render_mode, AutoresetMode.DISABLED, **settings)
        self.render_mode = render_mode
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Float32, dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed)
        self.batch.rngs[0] = self.np_random
        return self.batch.reset()[0][0], {}

    def step(self, action: Float32) -> tuple[Float32, float, bool, bool, dict[str, Any]]:
        """One step.

        Raises:
            ValueError: the action has another shape than the action space.
        """
        if np.shape(action) != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, got {np.shape(action)}"
            )
        observation, reward, _, truncated, info = self.batch.step(np.asarray(action)[None])
        return observation[0], float(reward[0]), False, bool(truncated[0]), first(info)

    def render(self) -> Any:
        """The picture of the day, (height, width, 3) uint8; None without a mode."""
        return None if self.render_mode is None else self.batch.picture(0)
