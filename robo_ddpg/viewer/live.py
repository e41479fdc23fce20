"""A controller at work, while someone moves its goal or pushes its robot."""

import collections
from dataclasses import dataclass, field

import mujoco
import numpy as np

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import environment_of
from robo_ddpg.evaluation.evaluate import SEED, check_fit
from robo_ddpg.model_fields import model_fields, with_fields
from robo_ddpg.recording.recorder import recordable

FRAMES_PER_STEP = 3
"""States shown per control step."""
LEAST_S = 8.0
"""An episode is shown for at least this long, however short it was in training [s]."""
PATIENCE_S = 20.0
"""After a touch no new episode starts for this long [s]."""

_MOTION = mujoco.mjtState.mjSTATE_FULLPHYSICS


@dataclass(frozen=True)
class Status:
    """What the viewer's panel shows."""

    task: str
    """Name of the task."""
    episode: int = 0
    """Number of the episode, from one."""
    success: bool = False
    """Whether the task counts as solved now."""
    reward: float = 0.0
    """Reward of the last step."""
    reward_terms: dict[str, float] = field(default_factory=dict)
    """Term -> value, in [0, 1]."""
    metrics: dict[str, float] = field(default_factory=dict)
    """The task's own quantities."""
    limited: tuple[str, ...] = ()
    """Why the safety filter altered the last action."""
    interventions: int = 0
    """Steps of this episode whose action was altered."""


class LiveController:
    """One simulation with its controller, stepped frame by frame."""

    def __init__(self, controller: Controller, seed: int = SEED) -> None:
        """Start the first episode.

        Args:
            controller: the policy.
            seed: seed of the first episode; the next ones take the numbers after it.

        Raises:
            RecordingError: the task is not one of this package's.
            ControllerError: the controller does not fit its task.
        """
        self._env = environment_of(controller, 1, threads=1)
        self._simulation = recordable(self._env)
        check_fit(controller, self._env)
        self._act = controller.act
        self._seed = seed
        self._episode = 0
        self._frames: collections.deque[np.ndarray[tuple[int], np.dtype[np.float64]]]
        self._frames = collections.deque()
        self._goal = self._simulation.batch.bind("mocap_pos")
        self._turn = self._simulation.batch.bind("mocap_quat")
        self._force = self._simulation.batch.bind("xfrc_applied")
        self.model = self._simulation.task.model
        """The scene; another one in each episode where episodes differ in it."""
        self.status = Status(controller.task["name"])
        """Replaced as a whole after each control step, so that other threads may read it."""
        self.restart()

    @property
    def frame_s(self) -> float:
        """Simulated time between frames [s]."""
        return 1.0 / (self._simulation.task.settings.control_hz * FRAMES_PER_STEP)

    def restart(self) -> None:
        """Start the next episode."""
        self._observation, _ = self._env.reset(seed=self._seed + self._episode)
        if fields := model_fields(self._simulation.batch, 0):
            self.model = with_fields(self._simulation.task.model, fields)
        self._episode += 1
        self._interventions = 0
        self._untouched_s = PATIENCE_S
        self._shown_s = 0.0
        self._frames.clear()

    def show(self, data: mujoco.MjData) -> None:
        """Write the whole present state, the goal among it, into the viewer's data."""
        self._simulation.data(0, data)

    def frame(self, data: mujoco.MjData) -> None:
        """Advance by one frame: read goal and forces from the viewer's data, write the motion.

        Args:
            data: the viewer's; `mocap_pos`, `mocap_quat` and `xfrc_applied` are the user's.
        """
        if not self._frames:
            self._touch(data)
            if self._step():
                self.restart()
                self.show(data)
                return
        mujoco.mj_setState(self.model, data, self._frames.popleft(), _MOTION)
        mujoco.mj_forward(self.model, data)

    def _touch(self, data: mujoco.MjData) -> None:
        moved = not np.array_equal(self._goal[0], data.mocap_pos)
        pushed = bool(data.xfrc_applied.any())
        period = FRAMES_PER_STEP * self.frame_s
        self._untouched_s = 0.0 if moved or pushed else self._untouched_s + period
        self._shown_s += period
        self._goal[0], self._turn[0] = data.mocap_pos, data.mocap_quat
        self._force[0] = data.xfrc_applied

    def _step(self) -> bool:
        """One control step; returns whether a new episode is due."""
        simulation = self._simulation
        action = self._act(self._observation)
        self._observation, reward, terminated, truncated, info = self._env.step(action)
        self._frames.extend(simulation.states_between(0, FRAMES_PER_STEP))
        altered = simulation.interventions.altered
        reasons = [name for name, sizes in altered.items() if sizes[0] > 0]
        self._interventions += bool(reasons)
        self.status = Status(
            task=self.status.task,
            episode=self._episode,
            success=bool(info["is_success"][0]),
            reward=float(reward[0]),
            reward_terms={name: float(term[0]) for name, term in info["reward_terms"].items()},
            metrics={name: float(value[0]) for name, value in info["metrics"].items()},
            limited=tuple(reasons),
            interventions=self._interventions,
        )
        if info["unstable"][0] or terminated[0]:
            return True
        over = bool(truncated[0]) and self._shown_s >= LEAST_S
        return over and self._untouched_s >= PATIENCE_S
