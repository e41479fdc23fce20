"""Small environments with unusual spaces and manners, for the tests beside them."""

import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv

HALF = 0.5


class Toy(gymnasium.Env):
    """Counts its steps; ends after `length`."""

    observation_space: spaces.Space = spaces.Box(-np.inf, np.inf, (1,))
    action_space: spaces.Space = spaces.Box(-1.0, 1.0, (1,))

    def __init__(self, length: int = 5) -> None:
        self.length, self.count, self.taken = length, 0, None

    def reset(self, *, seed: int | None = None) -> Any:
        super().reset(seed=seed)
        self.count = 0
        return self.observe(), {}

    def step(self, action: Any) -> Any:
        assert self.action_space.contains(action), action
        self.taken = action
        self.count += 1
        return self.observe(), self.reward(), False, self.count >= self.length, self.info()

    def observe(self) -> Any:
        return np.array([self.count], np.float32)

    def reward(self) -> Any:
        return float(self.count)

    def info(self) -> dict[str, Any]:
        return {}


class Named(Toy):
    """Its arguments are called as some of this package's functions'."""

    def __init__(self, name: str, num_envs: int = 1) -> None:
        super().__init__(length=num_envs)
        self.name = name


class Nested(Toy):
    """Everything that an observation may be made of."""

    observation_space = spaces.Dict(
        {
            "picture": spaces.Box(0, 255, (2, 2, 3), np.uint8),
            "gear": spaces.Discrete(3, start=-1),
            "switches": spaces.MultiBinary(2),
            "dials": spaces.MultiDiscrete([2, 3]),
            "pair": spaces.Tuple((spaces.Box(-1.0, 1.0, ()), spaces.Box(-9, 9, (1,), np.int64))),
        }
    )

    def observe(self) -> Any:
        return {
            "picture": np.full((2, 2, 3), self.count, np.uint8),
            "gear": self.count % 3 - 1,
            "switches": np.array([1, 0], np.int8),
            "dials": np.array([1, 2]),
            "pair": (np.float32(0.25), np.array([-7])),
        }


class IntegerAction(Toy):
    action_space = spaces.Box(np.array([[-3, 0]]), np.array([[5, 2]]), dtype=np.int64)


class DoubleAction(Toy):
    action_space = spaces.Box(np.array([-1.38]), np.array([0.82]), dtype=np.float64)


class ScalarAction(Toy):
    action_space = spaces.Box(-2.0, 2.0, ())


class ArrayReward(Toy):
    def reward(self) -> Any:
        return np.array([1.5])


class Infos(Toy):
    """Its information has names of this package's, lengths that change, and comes and goes."""

    def info(self) -> dict[str, Any]:
        return {
            "safety": 3,
            "violations": "many",
            "reward_info": None,
            "unstable": "yes",
            "metrics": [self.count] * self.count,
            "path": np.zeros(self.count),
            "maybe": 1.0 if self.count < 3 else None,
            "success": self.count >= 3,
        }


class Unbounded(Toy):
    action_space = spaces.Box(-np.inf, np.inf, (1,))


class Huge(Toy):
    most = np.finfo(np.float32).max
    action_space = spaces.Box(-most, most, (1,))


class Choices(Toy):
    action_space = spaces.Discrete(2)


class Words(Toy):
    observation_space = spaces.Dict({"text": spaces.Text(4), "x": spaces.Box(-1, 1, (1,))})


class NaNAtThree(Toy):
    def observe(self) -> Any:
        return np.array([np.nan if self.count == 3 else self.count], np.float32)


class NaNReward(Toy):
    def reward(self) -> Any:
        return np.inf if self.count == 2 else 1.0


class NaNStart(Toy):
    def observe(self) -> Any:
        return np.array([np.nan], np.float32)


class ChangesShape(Toy):
    def observe(self) -> Any:
        return np.zeros(1 + (self.count == 2), np.float32)


class Raises(Toy):
    def reward(self) -> Any:
        if self.count == 2:
            raise ValueError("the motor is on fire")
        return 0.0


class Hangs(Toy):
    def reward(self) -> Any:
        time.sleep(1000.0 if self.count == 2 else 0.0)
        return 0.0


class Dies(Toy):
    def reward(self) -> Any:
        import os

        os._exit(7)


class Prints(Toy):
    def reward(self) -> Any:
        print("step", self.count)
        return 1.0


class Goals(Toy):
    """Moves a point by its actions; the goal is drawn at the reset."""

    observation_space = spaces.Dict(
        {
            name: spaces.Box(-np.inf, np.inf, (2,), np.float64)
            for name in ("observation", "achieved_goal", "desired_goal")
        }
    )
    action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)

    def reset(self, *, seed: int | None = None) -> Any:
        gymnasium.Env.reset(self, seed=seed)
        self.place, self.goal = np.zeros(2), self.np_random.uniform(-1, 1, 2)
        return super().reset()

    def step(self, action: Any) -> Any:
        self.place = self.place + action
        return super().step(action)

    def observe(self) -> Any:
        return {"observation": self.place, "achieved_goal": self.place, "desired_goal": self.goal}

    def reward(self) -> Any:
        return float(self.compute_reward(self.place, self.goal, {}))

    def compute_reward(self, achieved: Any, desired: Any, info: Any) -> Any:
        return -(np.linalg.norm(achieved - desired, axis=-1) > HALF).astype(float)


class ScalarGoals(Goals):
    def compute_reward(self, achieved: Any, desired: Any, info: Any) -> Any:
        return -1.0 if float(np.hypot(*(achieved - desired))) > HALF else 0.0

    def compute_terminated(self, achieved: Any, desired: Any, info: Any) -> Any:
        return self.compute_reward(achieved, desired, info) == 0.0


class MoodyGoals(Goals):
    """Its reward depends on more than the goals."""

    def reward(self) -> Any:
        return super().reward() - self.count


class Counters(VectorEnv):
    """n counters; the k-th ends after 3 + k steps, and then does what its mode says."""

    single_observation_space = spaces.Box(-np.inf, np.inf, (1,))
    single_action_space = spaces.Box(-1.0, 1.0, (1,))

    def __init__(self, num_envs: int, mode: str = "NextStep") -> None:
        self.num_envs = num_envs
        self.metadata = {"autoreset_mode": AutoresetMode(mode)}
        self.count = np.zeros(num_envs, int)
        self.finished = np.zeros(num_envs, bool)

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        mask = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        self.count[mask], self.finished[mask] = 0, False
        return self.observe(), {}

    def step(self, actions: Any) -> Any:
        mode = self.metadata["autoreset_mode"]
        self.count += 1
        if mode is AutoresetMode.NEXT_STEP:
            self.count[self.finished] = 0
        truncated = self.count >= 3 + np.arange(self.num_envs)
        reward = np.where(self.count > 0, 1.0, 0.0)
        info = {}
        if mode is AutoresetMode.SAME_STEP and truncated.any():
            final = np.full(self.num_envs, None, object)
            for i in np.flatnonzero(truncated):
                final[i] = self.observe()[i]
            success = np.ones(self.num_envs, bool)
            info = {"final_obs": final, "final_info": {"is_success": success}}
            self.count[truncated] = 0
        self.finished = truncated
        return self.observe(), reward, np.zeros(self.num_envs, bool), truncated, info

    def observe(self) -> Any:
        return self.count[:, None].astype(np.float32)


class Painted(Toy):
    """Its picture grows brighter from the left with every step; solved after three."""

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, length: int = 5, render_mode: str | None = None) -> None:
        super().__init__(length)
        self.render_mode = render_mode

    def info(self) -> dict[str, Any]:
        return {"is_success": self.count >= 3}

    def render(self) -> Any:
        picture = np.zeros((30, 40, 3), np.uint8)
        picture[:, : 8 * self.count] = min(50 * self.count, 255)
        return picture


class SeedPainted(Painted):
    """Ends after as many steps as its seed says, and is never solved; nobody says so."""

    def reset(self, *, seed: int | None = None) -> Any:
        self.length = seed
        return super().reset(seed=seed)

    def info(self) -> dict[str, Any]:
        return {}


class Moved(Painted):
    """Solved by those that move."""

    def info(self) -> dict[str, Any]:
        return {"is_success": bool(self.taken[0] > 0)}


class Unpaintable(Toy):
    metadata = {"render_modes": ["human", "ansi"]}  # noqa: RUF012


class Scribbled(Painted):
    def render(self) -> Any:
        return np.zeros((30, 40), np.float32)


class Spilled(Painted):
    def render(self) -> Any:
        if self.count == 2:
            raise OSError("the paint is dry")
        return super().render()
