"""A controller at work, while someone commands its robot, pushes it, or changes the controller."""

import collections
import dataclasses
from collections.abc import Sequence

import mujoco
import numpy as np

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import environment_of
from robo_ddpg.evaluation.evaluate import SEED, check_fit
from robo_ddpg.evaluation.in_words import other_model
from robo_ddpg.model_fields import model_fields, with_fields
from robo_ddpg.recording.recorder import recordable
from robo_ddpg.viewer.push import Push
from robo_ddpg.viewer.same_task import check_same_task
from robo_ddpg.viewer.status import Status
from tasks.arrays import Array

FRAMES_PER_STEP = 3
"""States shown per control step."""
LEAST_S = 8.0
"""An episode is shown for at least this long, however short it was in training [s]."""
PATIENCE_S = 20.0
"""After a touch no new episode starts for this long [s]."""

_MOTION = mujoco.mjtState.mjSTATE_FULLPHYSICS


class LiveController:
    """One simulation with its controllers, stepped frame by frame."""

    def __init__(
        self, controller: Controller, seed: int = SEED, others: Sequence[Controller] = ()
    ) -> None:
        """Start the first episode.

        Args:
            controller: the policy.
            seed: seed of the first episode; the next ones take the numbers after it.
            others: further policies that may take its place, for the same task.

        Raises:
            RecordingError: the task is not one of this package's.
            ControllerError: a controller does not fit the task, or was trained for another one.
        """
        check_same_task(controller, others)
        self._env = environment_of(controller, 1, threads=1)
        self._simulation = recordable(self._env)
        self._controllers = (controller, *others)
        for each in self._controllers:
            check_fit(each, self._env)
        model = self._env.describe().get("model_hash")
        said = (other_model(each, model) for each in self._controllers)
        self.notes = [*filter(None, said)]
        """Of controllers that were trained with another model, as sentences."""
        self.using = 0
        """Which of the controllers is at work."""
        self._seed = seed
        self.episode = 0
        """Number of the episode, from one."""
        self._frames: collections.deque[np.ndarray[tuple[int], np.dtype[np.float64]]]
        self._frames = collections.deque()
        self._goal = self._simulation.batch.bind("mocap_pos")
        self._turn = self._simulation.batch.bind("mocap_quat")
        self._force = self._simulation.batch.bind("xfrc_applied")
        self._commands = self._simulation.task.steering()
        self.axes = self._commands.axes if self._commands else ()
        """What may be commanded."""
        self._own: Array | None = None
        self.quantities = self._simulation.quantities
        """Name of a measure -> its words and unit."""
        self.forces = Push(self._simulation.task)
        """Pushes and wind."""
        self.model = self._simulation.task.model
        """The scene; another one in each episode where episodes differ in it."""
        self.status = Status(controller.task["name"])
        """Replaced as a whole after each control step, so that other threads may read it."""
        self.restart()

    @property
    def frame_s(self) -> float:
        """Simulated time between frames [s]."""
        return 1.0 / (self._simulation.task.settings.control_hz * FRAMES_PER_STEP)

    def use(self, index: int) -> None:
        """Let another of the controllers go on from here."""
        self.using = range(len(self._controllers))[index]

    def push(self, direction: int) -> None:
        """Push the robot: 0 forward, 1 to the left, 2 back, 3 to the right."""
        self.forces.begin(direction)
        self._untouched_s = 0.0

    def ask(self, axis: int, value: float, data: mujoco.MjData) -> None:
        """Command one number; a command to a robot that goes on moving holds until `restart`.

        Args:
            axis: of `axes`.
            value: in its unit; it is kept within the axis.
            data: the viewer's, in which a goal moves.
        """
        limits = self.axes[axis]
        wanted = np.array(self.status.asked)
        wanted[axis] = np.clip(value, limits.low, limits.high)
        self._command(wanted)
        if limits.rest is not None:
            self._own = wanted
        data.mocap_pos[:] = self._goal[0]

    def nudge(self, axis: int, steps: float, data: mujoco.MjData) -> None:
        """Command one number some steps of its axis up or down."""
        self.ask(axis, self.status.asked[axis] + steps * self.axes[axis].step, data)

    def rest(self, data: mujoco.MjData) -> None:
        """Command the robot to stand still."""
        for index, axis in enumerate(self.axes):
            if axis.rest is not None:
                self.ask(index, axis.rest, data)

    def restart(self) -> None:
        """Start the next episode, with the commands that it brings."""
        self._own = None
        self._start()

    def _start(self) -> None:
        self._observation, _ = self._env.reset(seed=self._seed + self.episode)
        if fields := model_fields(self._simulation.batch, 0):
            self.model = with_fields(self._simulation.task.model, fields)
        self.episode += 1
        self._interventions = 0
        self._untouched_s = PATIENCE_S
        self._shown_s = 0.0
        self._frames.clear()
        self.forces.end()
        self._command(self._own)

    def _command(self, wanted: Array | None = None) -> None:
        """Tell the task what a person wants, if anything, and the status what is wanted now."""
        if self._commands is None:
            return
        if wanted is not None:
            self._commands.ask(0, wanted)
            self._untouched_s = 0.0
        asked, measured = self._commands.asked()[0], self._commands.measured()[0]
        self.status = dataclasses.replace(
            self.status, asked=tuple(asked.tolist()), measured=tuple(measured.tolist())
        )

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
                self._start()
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
        self.forces.add_to(self._force[0])

    def _step(self) -> bool:
        """One control step; returns whether a new episode is due."""
        simulation = self._simulation
        action = self._controllers[self.using].act(self._observation)
        self._observation, reward, terminated, truncated, info = self._env.step(action)
        self._frames.extend(simulation.states_between(0, FRAMES_PER_STEP))
        altered = simulation.interventions.altered
        reasons = [name for name, sizes in altered.items() if sizes[0] > 0]
        self._interventions += bool(reasons)
        self.status = Status(
            task=self.status.task,
            episode=self.episode,
            success=bool(info["is_success"][0]),
            reward=float(reward[0]),
            reward_terms={name: float(term[0]) for name, term in info["reward_terms"].items()},
            metrics={name: float(value[0]) for name, value in info["metrics"].items()},
            limited=tuple(reasons),
            interventions=self._interventions,
        )
        self._command()
        if info["unstable"][0] or terminated[0]:
            return True
        over = bool(truncated[0]) and self._shown_s >= LEAST_S
        return over and self._own is None and self._untouched_s >= PATIENCE_S
