"""One step core for both environments: n simulations of a task, from actions to observations."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch, SimulationError
from numpy.typing import NDArray

from robo_ddpg.control.drive import Drive
from robo_ddpg.control.entry_points import load
from robo_ddpg.control.interventions import NON_FINITE, OUT_OF_RANGE, Interventions
from robo_ddpg.envs.faults import physics_fault
from robo_ddpg.envs.randomization import Randomization
from robo_ddpg.errors import SettingsError
from tasks.arrays import Array, Ids, Mask, clip
from tasks.mirror import Reflection, joined, of_parts
from tasks.quantities import Measure
from tasks.task import GoalTask, Task, layout

OBSERVATION_LIMIT = 10.0
"""Observations are clipped to this; tasks scale them so that usual values lie in [-1, 1]."""

LAST_ACTIONS = "last_actions"
"""Part of an observation."""

_VELOCITY_STAGE = mujoco.mjtStage.mjSTAGE_VEL.value
_PHYSICS = mujoco.mjtState.mjSTATE_FULLPHYSICS
_HOME = 0
_NOBODY = np.zeros(0, np.intp)


@dataclass(frozen=True)
class Outcome:
    """What one control step led to, for all n simulations."""

    observation: NDArray[np.float32]
    """(n, o)."""
    reward: Array
    """(n,)."""
    terminated: Mask
    """The task cannot succeed any more, (n,)."""
    truncated: Mask
    """The time is up, or the simulation became unstable, (n,)."""
    info: dict[str, Any]
    """`is_success`, `reward_terms`, `metrics`, `safety`, `violations`, `unstable`, `reward_info` of
    a goal-conditioned task; arrays of (n, ...)."""


class Simulation:
    """n simulations of a task, with the safety filter between the agent and the actuators."""

    def __init__(self, task: Task, nsim: int, threads: int = 0) -> None:
        """Build the physics.

        Args:
            task: the task; it belongs to this simulation from now on.
            nsim: number of simulations.
            threads: physics threads; 0 for one per core.

        Raises:
            ValueError: the task object belongs to other simulations already.
            EntryPointError: the task's drive cannot be found.
            SettingsError: it is no drive.
        """
        if task.bound:
            raise ValueError(f"this task object ({task.name}) has simulations; make another one")
        task.bound = True
        self.task = task
        self.batch = Batch(task.model, nsim, min(threads, nsim))
        self.nsim = nsim
        self.rngs = [np.random.default_rng() for _ in range(nsim)]
        self.steps = np.zeros(nsim, int)
        self._ctrl = self.batch.bind("ctrl")
        self.drive = make_drive(task, self.batch, threads)
        reasons = (NON_FINITE, OUT_OF_RANGE, *self.drive.reasons)
        self.interventions = Interventions(nsim, reasons, self.drive.limits)
        self._randomization = Randomization(task, self.batch, self.drive.action_size)
        self._last_actions = np.zeros(
            (nsim, task.settings.observed_actions, self.drive.action_size)
        )
        self._warnings = np.zeros_like(self.batch.warning[:, :, 1])
        self._raised = np.zeros(self._warnings.shape, bool)
        self._failed = np.zeros(nsim, bool)
        for name in task.recorded:
            shape = self.batch.bind(name).shape[1:]
            task.records[name] = np.zeros((nsim, task.substeps, *shape))
        self._records: dict[Any, Any] = {**self.drive.records, **task.records}
        task.bind(self.batch)
        self.reset(np.arange(nsim))
        task.layout = layout(self._parts())

    @property
    def action_size(self) -> int:
        """Number of action components."""
        return self.drive.action_size

    @property
    def observation_size(self) -> int:
        """Number of observed values."""
        return sum(part.stop - part.start for part in self.task.layout.values())

    @property
    def quantities(self) -> dict[str, Measure]:
        """What the task and the drive measure, in words and units."""
        return self.task.measured() | self.drive.measured()

    def mirrors(self) -> list[tuple[Reflection, Reflection]]:
        """How observations and actions look in each of the task's mirrors."""
        mirrors = []
        for image in self.task.images():
            last = joined([image.action] * self._last_actions.shape[1])
            parts = {**image.parts, LAST_ACTIONS: last}
            mirrors.append((of_parts(self.task.layout, parts), image.action))
        return mirrors

    @property
    def controls(self) -> Array:
        """Actuator commands of the last control step, one per physics step, (n, substeps, nu)."""
        return self.drive.controls

    def motion_at(self, index: int, substep: int) -> Array:
        """Positions and velocities within the last control step, (nq + nv,).

        Args:
            index: which simulation.
            substep: which physics step, from 0 to substeps - 1.
        """
        return np.asarray(self.drive.states[index, substep])

    def states_between(self, index: int, frames: int) -> Array:
        """States spread evenly over the last control step, the last of them the present one.

        Args:
            index: which simulation.
            frames: how many.

        Returns:
            mjSTATE_FULLPHYSICS of each, (frames, nphysics). Time, positions and velocities are
            those of the moment; the rest is as it is now.
        """
        model, substeps = self.task.model, self.task.substeps
        states = np.empty((frames, mujoco.mj_stateSize(model, _PHYSICS)))
        mujoco.mj_getState(model, self.batch.get_data(index), states[-1], _PHYSICS)
        states[:-1] = states[-1]
        for frame, state in enumerate(states[:-1], 1):
            substep = max(0, substeps * frame // frames - 1)
            motion = self.motion_at(index, substep)
            state[0] -= (substeps - 1 - substep) * model.opt.timestep
            state[1 : 1 + len(motion)] = motion
        return states

    def data(self, index: int, into: mujoco.MjData | None = None) -> mujoco.MjData:
        """One simulation's state and model with everything derived from them, for rendering.

        Args:
            index: which simulation.
            into: data to overwrite, or None for a new one.
        """
        model = self.batch.get_model(index)
        data = self.batch.get_data(index, mujoco.MjData(model) if into is None else into)
        mujoco.mj_forward(model, data)
        return data

    def reset(self, ids: Ids) -> NDArray[np.float32]:
        """Start new episodes in some simulations; observes all of them, (n, o)."""
        self._reset(ids)
        return self._observe()

    def start(self, ids: Ids) -> NDArray[np.float32]:
        """Begin episodes where the views of the batch say; observes all simulations, (n, o)."""
        self._start(ids)
        return self._observe()

    def _reset(self, ids: Ids) -> None:
        rngs = [self.rngs[i] for i in ids]
        self.batch.reset(ids, keyframe=_HOME, stage=mujoco.mjtStage.mjSTAGE_NONE.value)
        self._randomization.reset(ids, rngs)
        self.task.reset(ids, rngs)
        self._start(ids)

    def _start(self, ids: Ids) -> None:
        self.drive.reset(ids)
        if self.task.derived:
            self.batch.forward(ids, stage=_VELOCITY_STAGE)
        self.task.started(ids)
        self.interventions.reset(ids)
        self._last_actions[ids] = 0.0
        self.steps[ids] = 0
        self._warnings[ids] = self.batch.warning[ids, :, 1]

    def step(self, action: NDArray[np.floating[Any]], restart: Ids = _NOBODY) -> Outcome:
        """One control step of all simulations.

        Args:
            action: (n, a); anything is allowed, the safety filter deals with it.
            restart: simulations that start a new episode afterwards, which is what is observed;
                the rest of the outcome is that of the old one.
        """
        self.command(action)
        self._simulate()
        self.drive.check_limits(self.interventions)
        self.interventions.count()
        self.steps += 1
        self.task.advance()
        return self._outcome(restart)

    def command(self, action: NDArray[np.floating[Any]]) -> None:
        """Turn actions into the next `controls`, without simulating them.

        Args:
            action: (n, a); anything is allowed; `interventions` says what was altered.
        """
        self.interventions.begin()
        asked: Array = np.asarray(action, float)
        self._remember(asked)
        possible, finite = sanitize(self._randomization.delay(asked), self.interventions.altered)
        self.drive.command(possible, finite, self.interventions)

    def measured(self) -> NDArray[np.float32]:
        """What is observed, (n, o), after a control step of a robot, not of the physics.

        It followed `controls`; what was measured of it was written into the views of the batch.
        """
        self._ctrl[:] = self.controls[:, -1]
        if self.task.derived:
            self.batch.forward(stage=_VELOCITY_STAGE)
        self.task.advance()
        return self._observe()

    def fix_latency(self, steps: int) -> None:
        """Have all actions arrive so many control steps late, from the next reset on."""
        self._randomization.fix_latency(steps)

    def _remember(self, action: Array) -> None:
        """Put the latest action first, within its bounds."""
        if self._last_actions.shape[1]:
            self._last_actions[:, 1:] = self._last_actions[:, :-1]
            known = action if np.isfinite(action).all() else np.nan_to_num(action)
            self._last_actions[:, 0] = clip(known, -1.0, 1.0)

    def _simulate(self) -> None:
        """Step the physics, then make every field describe the new state."""
        self._randomization.step(self.rngs)
        try:
            self.batch.rollout(
                self.task.substeps, self.controls, record=list(self._records), out=self._records
            )
            if self.task.derived:
                self.batch.forward(stage=_VELOCITY_STAGE)
        except SimulationError as error:
            self._failed[error.ids] = True

    def _outcome(self, restart: Ids) -> Outcome:
        unstable = self._unstable()
        terms = self.task.reward_terms()
        failure = self.task.failure()
        info: dict[str, Any] = {
            "is_success": self.task.success(),
            "reward_terms": terms,
            "metrics": self.task.metrics(),
            "safety": self.interventions.report(),
            "violations": self.interventions.violations(),
            "unstable": unstable,
        }
        if isinstance(self.task, GoalTask):
            info["reward_info"] = self.task.reward_info()
        truncated = (self.steps >= self.task.episode_steps) | unstable
        if len(restart):
            self._reset(restart)
        return Outcome(
            observation=self._observe(),
            reward=self.task.reward(terms),
            terminated=np.zeros(self.nsim, bool) if failure is None else failure & ~unstable,
            truncated=truncated,
            info=info,
        )

    def _unstable(self) -> Mask:
        """Where the physics warned or failed during the last step."""
        warnings = self.batch.warning[:, :, 1].copy()
        self._raised = warnings > self._warnings
        unstable = self._raised.any(1) | self._failed
        self._warnings = warnings
        self._failed = np.zeros(self.nsim, bool)
        return np.asarray(unstable)

    def fault(self, index: int) -> str:
        """Why the physics of one simulation was unstable in the last step, in words."""
        raised = np.flatnonzero(self._raised[index])
        if not len(raised):
            return "the physics cannot be computed"
        element = int(self.batch.warning[index, raised[0], 0])
        return physics_fault(self.task.model, int(raised[0]), element)

    def _observe(self) -> NDArray[np.float32]:
        seen = np.concatenate(list(self._parts().values()), axis=1)
        noisy = seen.shape[1] - self._last_actions[0].size
        self._randomization.blur(seen[:, :noisy], self.rngs)
        limit = OBSERVATION_LIMIT
        return clip(seen, -limit, limit).astype(np.float32)

    def _parts(self) -> dict[str, Array]:
        """What the task observes, and the last actions if they are to be observed."""
        parts = self.task.observe()
        if self._last_actions.shape[1]:
            parts = parts | {LAST_ACTIONS: self._last_actions.reshape(self.nsim, -1)}
        return parts


def make_drive(task: Task, batch: Batch, threads: int) -> Drive:
    """The drive for a task's robot.

    Raises:
        EntryPointError: the entry point that the task names leads to nothing.
        SettingsError: it leads to something that is no drive.
    """
    kind = load(task.drive)
    if not (isinstance(kind, type) and issubclass(kind, Drive)):
        raise SettingsError(
            f"the drive {task.drive!r} of {task.name} must be a subclass of "
            f"robo_ddpg.control.drive.Drive, got {kind!r}"
        )
    return kind(task, batch, threads)


def sanitize(action: Array, altered: dict[str, Array]) -> tuple[Array, Mask | None]:
    """Non-finite actions become zero, others are clipped to [-1, 1].

    Args:
        action: (n, a).
        altered: reason -> size of the alteration, (n,); written into.

    Returns:
        Actions within [-1, 1], and which of them were finite, (n,); None if all were.
    """
    clipped = clip(action, -1.0, 1.0)
    excess = np.abs(clipped - action).max(1)  # infinite or not a number as the action is
    if excess.max() < np.inf:
        altered[OUT_OF_RANGE][:] = excess
        return clipped, None
    finite = np.asarray(np.isfinite(action).all(1))
    altered[NON_FINITE][:] = ~finite
    altered[OUT_OF_RANGE][:] = np.where(finite, excess, 0.0)
    clipped[~finite] = 0.0
    return clipped, finite
