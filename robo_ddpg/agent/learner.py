"""What training and checkpoints ask of a learner, and the choice of one."""

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol

import torch
from gymnasium.spaces import Box
from torch import Tensor

from robo_ddpg.agent.autograd.backend import AutogradBackend
from robo_ddpg.agent.backend import MakeBackend
from robo_ddpg.agent.ddpg import DDPG
from robo_ddpg.agent.diagnostics import Diagnostics
from robo_ddpg.agent.fast.backend import FastBackend
from robo_ddpg.agent.replay.buffer import ReplayBuffer
from robo_ddpg.agent.replay.mirroring import Mirror
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Episode, GoalSpace, Observation, Transitions
from robo_ddpg.errors import SettingsError
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from tasks.arrays import Float32

DEVICES = ("cpu", "cuda")
"""Where networks can be."""


class Learner(Protocol):
    """Learns from the transitions of n parallel simulations.

    Not to be used from two threads at once: `update` may run while another thread simulates, but
    `store` and `explore` wait for it.
    """

    @property
    def updates(self) -> int:
        """Updates so far."""

    @property
    def transitions(self) -> int:
        """Transitions stored so far, in all simulations together."""

    @property
    def replay_buffer(self) -> ReplayBuffer:
        """What is stored; saved apart from `state`."""

    @property
    def ready(self) -> bool:
        """Whether enough is stored to update."""

    def act(self, observation: Observation) -> Float32:
        """The policy's actions, shape (n, a), for observations of shape (n, o), without noise."""

    def explore(self, observation: Observation) -> Float32:
        """Actions to learn from, shape (n, a), for observations of all simulations, (n, o)."""

    def store(self, transitions: Transitions) -> None:
        """Remember one step of all simulations."""

    def add_demonstrations(self, episodes: Sequence[Episode]) -> None:
        """Draw a share of each minibatch from these episodes from now on.

        They are not in `state`, which is loaded only where the same ones were added before.
        """

    def end_episodes(self) -> None:
        """Note that every simulation was reset although its episode had not ended."""

    def update(self, count: int = 1) -> dict[str, float]:
        """Learn from so many minibatches, one after the other; fastest from several.

        Returns:
            Metrics of the last updates by name; those of the actor are absent if it had none.

        Raises:
            DivergenceError: If a loss is not finite; what it would have changed is as it was.
        """

    def value(self, observation: Observation, action: Float32) -> Float32:
        """The first critic's values, (n,), in the unit of rewards, of actions (n, a)."""

    def diagnostics(self) -> Diagnostics:
        """What tends to go wrong, measured on stored transitions."""

    def state(self) -> dict[str, Tensor]:
        """Tensors on the CPU that resume learning exactly, with the steps in `replay_buffer`."""

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""

    def policy_state(self) -> dict[str, Tensor]:
        """Tensors on the CPU from which `Policy` acts as `act` does, the offset in float64."""


def make_learner(
    observation_space: Box,
    action_space: Box,
    settings: AgentSettings,
    num_envs: int,
    seed: int,
    goal_space: GoalSpace | None = None,
    device: str = "cpu",
    watch: Watch = UNWATCHED,
    mirrors: Sequence[Mirror] = (),
) -> Learner:
    """Build the learner that the settings ask for.

    Args:
        observation_space: One simulation's observations, a one-dimensional Box.
        action_space: One simulation's actions, a bounded one-dimensional Box.
        settings: How to learn, and with which backend.
        num_envs: Number n of simulations.
        seed: Fixes every random number that the learner draws.
        goal_space: How goals are read, replaced and rewarded; None without relabelling.
        device: Where the networks are, "cpu" or "cuda".
        watch: Times the parts of an update.
        mirrors: How observations and actions look in mirrors; none without.

    Raises:
        SettingsError: The device is unknown, absent, or not one that the backend computes on.
    """
    backend = _backend(settings.backend, device)
    spaces = observation_space, action_space
    if settings.mirror_share and not mirrors:
        raise SettingsError(
            f"mirror_share={settings.mirror_share:g}: this environment has no mirror image; "
            "leave it at 0"
        )
    return DDPG(backend, *spaces, settings, num_envs, seed, goal_space, watch, mirrors)


@contextlib.contextmanager
def one_torch_thread() -> Iterator[None]:
    """Learn on a single thread, restored afterwards.

    Networks this small are slower on several, the physics needs a core, and more of them would add
    in another order.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _backend(name: str, device: str) -> MakeBackend:
    if device not in DEVICES:
        raise SettingsError(f"unknown device {device!r}; available: {', '.join(DEVICES)}")
    if name == "fast" and device != "cpu":
        raise SettingsError(
            f"the fast backend computes on the CPU only, got device {device!r}; "
            "use --agent.backend autograd"
        )
    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsError(
            f"PyTorch {torch.__version__} finds no CUDA device here; use the device cpu, "
            "or install a build of PyTorch for CUDA and its driver"
        )
    return FastBackend if name == "fast" else partial(AutogradBackend.make, device=device)
