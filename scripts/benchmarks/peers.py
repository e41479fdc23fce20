"""Stable-Baselines3's TD3 and SAC with the settings of its zoo, on Gymnasium's environments.

Settings: RL Baselines3 Zoo, hyperparams/td3.yml and sac.yml (github.com/DLR-RM/rl-baselines3-zoo).
Where the zoo has none for an environment, those for MuJoCo's robots are taken.
"""

import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3 import SAC, TD3
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

from robo_ddpg.process.processors import available_processors

Act = Callable[[Any], Any]
Curve = list[tuple[float, float]]
"""Training time [s] and mean return of each evaluation."""

_WIDE = {"policy_kwargs": {"net_arch": [400, 300]}}
_ROBOT: dict[str, dict[str, Any]] = {
    "SB3 TD3": {"learning_starts": 10_000, "learning_rate": 1e-3, "batch_size": 256, **_WIDE},
    "SB3 SAC": {"learning_starts": 10_000},
}
_BOX_2D: dict[str, Any] = {
    "gamma": 0.98,
    "buffer_size": 200_000,
    "learning_starts": 10_000,
    "learning_rate": 1e-3,
    **_WIDE,
}
_ZOO: dict[str, dict[str, dict[str, Any]]] = {
    "SB3 TD3": {
        "Pendulum-v1": _BOX_2D,
        "LunarLanderContinuous-v3": _BOX_2D,
        "BipedalWalker-v3": _BOX_2D,
        "MountainCarContinuous-v0": {},
    },
    "SB3 SAC": {
        "Pendulum-v1": {"learning_rate": 1e-3},
        "LunarLanderContinuous-v3": {
            "batch_size": 256,
            "learning_rate": 7.3e-4,
            "tau": 0.01,
            "learning_starts": 10_000,
            **_WIDE,
        },
        "BipedalWalker-v3": {
            "batch_size": 256,
            "buffer_size": 300_000,
            "learning_rate": 7.3e-4,
            "gamma": 0.98,
            "tau": 0.02,
            "train_freq": 64,
            "gradient_steps": 64,
            "learning_starts": 10_000,
            "use_sde": True,
            "policy_kwargs": {"log_std_init": -3.0, "net_arch": [400, 300]},
        },
        "MountainCarContinuous-v0": {
            "batch_size": 512,
            "buffer_size": 50_000,
            "learning_rate": 3e-4,
            "ent_coef": 0.1,
            "train_freq": 32,
            "gradient_steps": 32,
            "gamma": 0.9999,
            "tau": 0.01,
            "learning_starts": 0,
            "use_sde": True,
            "policy_kwargs": {"log_std_init": -3.67, "net_arch": [64, 64]},
        },
    },
}
"""Learner -> environment -> settings; learning rates that fall over a fixed number of steps in the
zoo stay what they are at first, because it is time that is fixed here."""
LEARNERS = tuple(_ZOO)


class Peer:
    """One training, which evaluates itself and keeps the best policy."""

    def __init__(self, learner: str, name: str, seed: int) -> None:
        """Make environment and model.

        Args:
            learner: one of `LEARNERS`.
            name: the environment's id.
            seed: fixes the run.
        """
        env = gymnasium.make(name)
        settings = _ZOO[learner].get(name, _ROBOT[learner])
        size = int(np.prod(env.action_space.shape or ()))
        self.model: Any = (
            SAC("MlpPolicy", env, seed=seed, device="cpu", **settings)
            if learner == "SB3 SAC"
            else TD3(
                "MlpPolicy",
                env,
                seed=seed,
                device="cpu",
                action_noise=_noise(name, size),
                **settings,
            )
        )
        self.curve: Curve = []
        self._best: dict[str, Any] = {}

    def learn(self, limit_s: float, every_s: float, mean_return: Callable[[Act], float]) -> None:
        """Train for so long.

        Args:
            limit_s: training time, without evaluations [s].
            every_s: training time between evaluations [s].
            mean_return: evaluates a policy.
        """
        torch.set_num_threads(available_processors())
        spent_s, due_s, last = 0.0, every_s, time.monotonic()

        def after_step(*_: Any) -> bool:
            nonlocal spent_s, due_s, last
            now = time.monotonic()
            spent_s, last = spent_s + now - last, now
            if spent_s >= min(due_s, limit_s):
                due_s += every_s
                self._evaluate(spent_s, mean_return)
                last = time.monotonic()
            return spent_s < limit_s

        self.model.learn(10**9, callback=after_step)

    @property
    def updates(self) -> int:
        """Gradient updates of the critics."""
        return int(self.model._n_updates)

    def best_act(self, observation: Any) -> Any:
        """The actions of the best policy so far."""
        self.model.policy.load_state_dict(self._best)
        return self.act(observation)

    def act(self, observation: Any) -> Any:
        """The actions of the policy."""
        return self.model.predict(np.asarray(observation, np.float32), deterministic=True)[0]

    def _evaluate(self, spent_s: float, mean_return: Callable[[Act], float]) -> None:
        value = mean_return(self.act)
        if value >= max((known for _, known in self.curve), default=-np.inf):
            state = self.model.policy.state_dict()
            self._best = {key: tensor.clone() for key, tensor in state.items()}
        self.curve.append((spent_s, value))


def _noise(name: str, size: int) -> Any:
    if name == "MountainCarContinuous-v0":
        return OrnsteinUhlenbeckActionNoise(np.zeros(size), 0.5 * np.ones(size))
    return NormalActionNoise(np.zeros(size), 0.1 * np.ones(size))
