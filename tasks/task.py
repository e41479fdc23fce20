"""The contract between a task and whatever simulates it."""

import abc
import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.commands import Command
from tasks.footing import Footing
from tasks.learning import Learning
from tasks.mirror import Image
from tasks.quantities import Measure, Quantity
from tasks.steering import Steering

MOST_SUBSTEPS = 10_000
"""Physics steps in a control step."""
MOST_LATENCY_STEPS = 1_000
VARIED = (
    "random_mass",
    "random_friction",
    "random_strength",
    "random_latency_steps",
    "random_push_n",
    "random_noise",
)
"""Settings by which the world differs from episode to episode; with 0 it does not."""
MEMORY = ("observed_actions",)
"""Settings that say what a controller observes of what it did; episodes are the same for any."""
OfRobot = Annotated[str, "of a robot"]
"""A setting that is chosen together with the robot, not by itself."""


@dataclass(frozen=True)
class TaskSettings:
    """Settings that every task has."""

    control_hz: float = 20.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.0025
    """Physics time step [s]; must divide the control period."""
    episode_s: float = 2.5
    """Episode length [s]."""
    safety: bool = True
    """Whether the limits of motion are enforced; violations are counted either way."""

    random_mass: float = 0.0
    """Masses and inertias are scaled by a factor drawn from 1 - this to 1 + this per episode."""
    random_friction: float = 0.0
    """Friction of all contacts is scaled likewise."""
    random_strength: float = 0.0
    """Gains and force limits of all actuators are scaled likewise."""
    random_latency_steps: int = 0
    """Actions arrive late, by a number of control steps drawn from 0 to this per episode."""
    random_push_n: float = 0.0
    """Greatest horizontal push on the robot [N]; one lasts 0.1 s and comes every 2 s on average."""
    random_noise: float = 0.0
    """Standard deviation of the noise on what the task observes, anew in each control step; usual
    observations are up to 1."""
    observed_actions: int = 0
    """How many of the last actions are observed, the latest first: where actions arrive late, those
    that are on their way (Katsikopoulos & Engelbrecht 2003, Markov decision processes with delays
    and asynchronous cost collection)."""

    def __post_init__(self) -> None:
        """Check that the times are positive and fit each other, and the randomisation."""
        for name in ("random_mass", "random_friction", "random_strength"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 0, below 1, got {getattr(self, name)}")
        for name in ("random_latency_steps", "random_push_n", "random_noise", "observed_actions"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        for name in ("random_latency_steps", "observed_actions"):
            if getattr(self, name) > MOST_LATENCY_STEPS:
                raise ValueError(f"{name} must be at most {MOST_LATENCY_STEPS}")
        for name in ("control_hz", "timestep_s", "episode_s"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)}")
        substeps = 1 / (self.control_hz * self.timestep_s)
        if substeps > MOST_SUBSTEPS:
            raise ValueError(f"timestep_s must be at least 1/{MOST_SUBSTEPS} of a control period")
        if abs(substeps - round(substeps)) > 1e-6 or substeps < 1:
            raise ValueError(
                f"timestep_s must divide the control period 1/{self.control_hz} s, "
                f"got {self.timestep_s}"
            )
        if round(self.episode_s * self.control_hz) < 1:
            raise ValueError(
                f"episode_s must be at least a control period, 1/{self.control_hz} s, "
                f"got {self.episode_s}"
            )


class Task(abc.ABC):
    """What is to be learned: a scene, how episodes start, what is observed, what is rewarded.

    A task object belongs to one batch of simulations: `bind` is called once, and everything after
    it speaks about all n simulations of that batch at once, along the first dimension.
    """

    name: str
    """Registered name, or `module:Class` for a task from elsewhere."""
    drive: str
    """Entry point, `module:Class`, of what turns actions into actuator commands for its robot: a
    subclass of `robo_ddpg.control.drive.Drive`."""
    demonstrator: str | None = None
    """Entry point of a scripted solution, called with the task once it is simulated; its method
    `act` turns observations, (n, o), into actions, (n, a). None: there is none."""
    learning = Learning()
    """How it is best learned."""
    solved: str = "success"
    """What it means that `success` holds now, in a few words, such as `held at the goal`."""
    failed: str = "terminated"
    """What `failure` is, likewise, such as `fell`."""
    weights: dict[str, float]
    """Weight of each reward term; they sum to 1, so that their weighted sum lies in [0, 1]."""
    reward_offset: float = 0.0
    """What is added to the weighted sum: -1 where every step costs 1 until the goal is achieved."""
    action_settings: tuple[str, ...] = ()
    """Settings that say what an action means: controllers that differ in them alone can be compared
    on the same episodes."""
    footing: Footing | None = None
    """How a robot on legs touches the ground, once it is simulated; None: it has no legs."""
    recorded: tuple[str, ...] = ()
    """Names of `MjData` fields whose values after every physics step the task reads in `records`;
    the way to forces and accelerations, which the batch's views do not show for the new state."""
    derived: bool = True
    """Whether the task reads what follows from positions and velocities, such as where sites are;
    without it the simulation is faster."""
    layout: dict[str, slice]
    """Where each part of the observation lies; known as soon as the task is simulated."""
    records: dict[str, Array]
    """Field -> its values after each physics step of the last control step, (n, substeps, ...)."""

    def __init__(self, settings: TaskSettings) -> None:
        self.settings = settings
        self.bound = False
        """Whether a batch of simulations has it already."""
        self.records = {}

    @property
    @abc.abstractmethod
    def push_body(self) -> str:
        """Name of the body that pushes act on."""

    @property
    def traced(self) -> tuple[str, ...]:
        """Sites whose trails are worth seeing, such as fingertips and feet."""
        return ()

    @property
    def substeps(self) -> int:
        """Physics steps per control step."""
        return round(1 / (self.settings.control_hz * self.settings.timestep_s))

    @property
    def episode_steps(self) -> int:
        """Control steps per episode."""
        return round(self.settings.episode_s * self.settings.control_hz)

    @cached_property
    def model(self) -> mujoco.MjModel:
        """The compiled scene."""
        return self.build().compile()

    def describe(self) -> dict[str, Any]:
        """The task's name and settings, as JSON-compatible values."""
        return {"name": self.name, "settings": dataclasses.asdict(self.settings)}

    def about_robot(self) -> dict[str, Any]:
        """Limits and names of the robot, as JSON-compatible values."""
        return {}

    @abc.abstractmethod
    def build(self) -> mujoco.MjSpec:
        """The scene, composed from `assets/`."""

    @abc.abstractmethod
    def bind(self, batch: Batch) -> None:
        """Resolve names and keep views of the batch's fields; called once, before anything else."""

    @abc.abstractmethod
    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Write the initial state of the simulations `ids`, already at keyframe `home`.

        Args:
            ids: simulations to start, (k,).
            rngs: their random generators, k of them; simulation `ids[i]` draws from `rngs[i]` only.
        """

    def started(self, ids: NDArray[np.intp]) -> None:  # noqa: B027 - most tasks need nothing here
        """Called after `reset`, once the batch's fields describe the initial state."""

    @abc.abstractmethod
    def advance(self) -> None:
        """Update what the task itself counts over time; called once after each control step."""

    @abc.abstractmethod
    def observe(self) -> dict[str, Array]:
        """Named parts of the observation, (n, k) each, usual values within [-1, 1]."""

    def observed(self) -> dict[str, Quantity]:
        """What the parts of the observation show, for those who make it from measurements."""
        return {}

    @abc.abstractmethod
    def reward_terms(self) -> dict[str, Array]:
        """The reward's terms, (n,) each, in [0, 1]."""

    def reward(self, terms: Mapping[str, Array]) -> Array:
        """The reward that terms make: their weighted sum and the offset, (b,)."""
        total = sum(self.weights[name] * term for name, term in terms.items())
        return np.asarray(total + self.reward_offset)

    @abc.abstractmethod
    def success(self) -> Mask:
        """Whether the task counts as solved, were the episode to end now, (n,)."""

    def metrics(self) -> dict[str, Array]:
        """Quantities worth reporting at the end of an episode, (n,)."""
        return {}

    def measured(self) -> dict[str, Measure]:
        """What the `metrics` are, in words and units; may be asked before it is simulated."""
        return {}

    def commands(self) -> dict[str, Array]:
        """What the robot is asked to do now, (n, k) each; empty where nothing is."""
        return {}

    def commanded(self) -> dict[str, Command]:
        """What the `commands` are, and how they are drawn; may be asked before it is simulated."""
        return {}

    def steering(self) -> Steering | None:
        """What a person may command while it runs; None: nothing."""
        return None

    def images(self) -> Sequence[Image]:
        """What its mirror images observe and do, one for each mirror; none where it has none.

        An episode in a mirror has to be as likely, and to be worth the same. May be asked before
        it is simulated.
        """
        return ()

    def failure(self) -> Mask | None:
        """Whether the episode cannot succeed any more and has to end, (n,); None: never."""
        return None


class GoalTask(Task):
    """A task with a goal: achieved and desired goal are part of the observation.

    The functions below are pure and work on any batch of observations, so that a replay buffer can
    ask what a stored transition would have been worth with another goal (Andrychowicz et al. 2017,
    "Hindsight Experience Replay").
    """

    @abc.abstractmethod
    def reward_info(self) -> Array:
        """What the reward depends on besides the goals, (n, k)."""

    @abc.abstractmethod
    def achieved_goal(self, observation: NDArray[Any]) -> Array:
        """The goal that an observation shows as achieved, (b, o) -> (b, g)."""

    @abc.abstractmethod
    def desired_goal(self, observation: NDArray[Any]) -> Array:
        """The goal that an observation shows as desired, (b, o) -> (b, g)."""

    def attainable(self, goal: Array) -> Mask:
        """Which goals, (b, g), the task could ask for; others are not worth learning, -> (b,)."""
        return np.ones(len(goal), bool)

    @abc.abstractmethod
    def replace_goal(self, observation: NDArray[Any], goal: Array) -> NDArray[Any]:
        """The observation as it would have been with another goal, (b, o) and (b, g) -> (b, o)."""

    @abc.abstractmethod
    def compute_reward(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Array:
        """The reward, from goals (b, g) and `reward_info` rows (b, k), -> (b,)."""

    def compute_terminated(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Mask:
        """Whether the episode ends here, from what `compute_reward` takes, -> (b,)."""
        return np.zeros(len(achieved), bool)


def layout(parts: Mapping[str, Array]) -> dict[str, slice]:
    """Where each part of an observation lies, from the parts, (n, k) each."""
    ends = np.cumsum([part.shape[1] for part in parts.values()]).tolist()
    return {
        name: slice(end - part.shape[1], end)
        for (name, part), end in zip(parts.items(), ends, strict=True)
    }
