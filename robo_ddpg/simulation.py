"""One step core for both environments: n simulations of a task, from actions to observations."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch, SimulationError
from numpy.typing import NDArray

from robo_ddpg.actions import make_command
from robo_ddpg.kinematics import ArmKinematics, as_slice
from robo_ddpg.ledger import REASONS, Ledger
from robo_ddpg.monitor import Monitor
from robo_ddpg.motion import ArmMotion, Timing
from tasks.task import GoalTask, Task

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OBSERVATION_LIMIT = 10.0
"""Observations are clipped to this; tasks scale them so that usual values lie in [-1, 1]."""

MANY = 32
"""Simulations from which sharing the kinematics among threads costs less than it saves."""

_VELOCITY_STAGE = mujoco.mjtStage.mjSTAGE_VEL.value
_HOME = 0


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
        """
        if task.taken:
            raise ValueError(f"this task object ({task.name}) has simulations; make another one")
        task.taken = True
        self.task = task
        self.batch = Batch(task.model, nsim, min(threads, nsim))
        self.nsim = nsim
        self.ledger = Ledger(nsim)
        self._opening: Array
        self._warnings: NDArray[np.int_]
        self._failed: Mask
        self.steps = np.zeros(nsim, int)
        self.rngs = [np.random.default_rng() for _ in range(nsim)]
        self.asked: Array = np.zeros((nsim, len(task.arm.joints)))
        """Joint velocities the last actions asked for, before the safety filter [rad/s], (n, j)."""
        self._build_motion(threads)
        self._bind_fields()
        task.bind(self.batch)
        self.reset(np.arange(nsim))

    @property
    def action_size(self) -> int:
        """Number of action components."""
        return self._command.size + self._gripper

    @property
    def observation_size(self) -> int:
        """Number of observed values."""
        return sum(part.shape[1] for part in self.task.observe().values())

    @property
    def controls(self) -> Array:
        """Actuator commands of the last control step, one per physics step, (n, substeps, nu)."""
        return self._controls

    def motion_at(self, index: int, substep: int) -> Array:
        """Positions and velocities within the last control step, (nq + nv,).

        Args:
            index: which simulation.
            substep: which physics step, from 0 to substeps - 1.
        """
        return np.asarray(self._monitor.states[index, substep])

    def data(self, index: int, into: mujoco.MjData | None = None) -> mujoco.MjData:
        """One simulation's state with everything derived from it, for rendering.

        Args:
            index: which simulation.
            into: data to overwrite, or None for a new one.
        """
        data = self.batch.get_data(index, into)
        mujoco.mj_forward(self.task.model, data)
        return data

    def reset(self, ids: NDArray[np.intp]) -> NDArray[np.float32]:
        """Start new episodes in some simulations; observes all of them, (n, o)."""
        self.batch.reset(ids, keyframe=_HOME, stage=mujoco.mjtStage.mjSTAGE_NONE.value)
        self.task.reset(ids, [self.rngs[i] for i in ids])
        self.motion.reset(ids, self._qpos[ids][:, self._joint_qpos])
        self._opening[ids] = self._qpos[ids][:, self._finger_qpos]
        self._ctrl[ids, self._joint_actuators] = self.motion.position[ids]
        self._ctrl[ids, self._finger_actuators] = self._opening[ids]
        self._controls[ids, :, self._finger_actuators] = self._opening[ids][:, None]
        self.batch.forward(ids, stage=_VELOCITY_STAGE)
        self.task.started(ids)
        self.ledger.reset(ids)
        self.steps[ids] = 0
        self._warnings[ids] = self.batch.warning[ids, :, 1].sum(1)
        return self._observe()

    def step(self, action: NDArray[np.floating[Any]]) -> Outcome:
        """One control step of all simulations.

        Args:
            action: (n, a); anything is allowed, the safety filter deals with it.
        """
        alteration = np.zeros((len(REASONS), self.nsim))
        self._simulate(self._commands(np.asarray(action, float), alteration))
        self.ledger.record(alteration, self._monitor.overshoot())
        self.steps += 1
        self.task.advance()
        return self._outcome()

    def _commands(self, action: Array, alteration: Array) -> Array:
        """Actuator commands for each physics step, (n, substeps, nu)."""
        action, finite = sanitize(action, alteration)
        self._kinematics.update(self.motion.position)
        wanted = self._command.velocity(action[:, : self._command.size], self.motion.position)
        if finite is not None:
            wanted[~finite] = 0.0
        self.asked = wanted
        target = self.motion.filter(wanted, alteration)
        self._controls[:, :, self._joint_actuators] = self.motion.advance(target)
        if self._gripper:
            self._move_fingers(action[:, -1:])
        return self._controls

    def _move_fingers(self, action: Array) -> None:
        """Both fingers have the same target, as one motor drives them."""
        low, high = self._finger_range
        target = low + 0.5 * (action + 1.0) * (high - low)
        target = np.clip(
            target, self._opening - self._finger_step, self._opening + self._finger_step
        )
        lead = self.task.arm.finger_lead_m
        opening = self._qpos[:, self._finger_qpos].mean(1, keepdims=True)
        target = np.clip(target, opening - lead, opening + lead)
        ramp = self._opening[:, None] + self._ramp * (target - self._opening)[:, None]
        self._controls[:, :, self._finger_actuators] = ramp
        self._opening = target

    def _simulate(self, controls: Array) -> None:
        """Step the physics, then make every field describe the new state."""
        try:
            self.batch.rollout(
                self.task.substeps,
                controls,
                record=(*self._monitor.fields, *self.task.recorded),
                out=self._monitor.records | self.task.records,
            )
            self.batch.forward(stage=_VELOCITY_STAGE)
        except SimulationError as error:
            self._failed[error.ids] = True

    def _outcome(self) -> Outcome:
        unstable = self._unstable()
        terms = self.task.reward_terms()
        failure = self.task.failure()
        info: dict[str, Any] = {
            "is_success": self.task.success(),
            "reward_terms": terms,
            "metrics": self.task.metrics(),
            "safety": self.ledger.report(),
            "violations": self.ledger.violations(),
            "unstable": unstable,
        }
        if isinstance(self.task, GoalTask):
            info["reward_info"] = self.task.reward_info()
        return Outcome(
            observation=self._observe(),
            reward=np.asarray(sum(self.task.weights[name] * terms[name] for name in terms)),
            terminated=np.zeros(self.nsim, bool) if failure is None else failure & ~unstable,
            truncated=(self.steps >= self.task.episode_steps) | unstable,
            info=info,
        )

    def _unstable(self) -> Mask:
        """Where the physics warned or failed during the last step."""
        warnings = self.batch.warning[:, :, 1].sum(1)
        unstable = (warnings > self._warnings) | self._failed
        self._warnings = warnings
        self._failed = np.zeros(self.nsim, bool)
        return np.asarray(unstable)

    def _observe(self) -> NDArray[np.float32]:
        parts = np.concatenate(list(self.task.observe().values()), axis=1)
        limit = OBSERVATION_LIMIT
        return np.asarray(np.clip(parts, -limit, limit), np.float32)

    def _build_motion(self, threads: int) -> None:
        """The arm's kinematics, what actions mean, and the filter."""
        task, model = self.task, self.task.model
        timing = Timing(task.settings.control_hz, task.substeps)
        sites = sorted({plane.site for plane in task.arm.workspace} - {task.arm.tip})
        if self.nsim < MANY:
            threads = 1
        self._kinematics = ArmKinematics(model, self.nsim, task.arm, sites, threads)
        self.motion = ArmMotion(
            model,
            self._kinematics,
            task.arm,
            timing,
            self.nsim,
            enforced=task.settings.safety,
        )
        self._joint_qpos = _qpos_ids(model, task.arm.joints)
        home = model.key_qpos[_HOME, self._joint_qpos]
        self._command = make_command(task.action, self._kinematics, home, timing.control_hz)
        self._monitor = Monitor(model, self.nsim, task.arm, task.substeps)
        for name in task.recorded:
            shape = self.batch.bind(name).shape[1:]
            task.records[name] = np.zeros((self.nsim, task.substeps, *shape))

    def _bind_fields(self) -> None:
        """Views of the batch, and where the arm's joints and fingers are in them."""
        task, model = self.task, self.task.model
        self._qpos = self.batch.bind("qpos")
        self._ctrl = self.batch.bind("ctrl")
        self._controls = np.zeros((self.nsim, task.substeps, model.nu))
        self._joint_actuators = _actuators(model, task.arm.joints)
        self._finger_actuators = _actuators(model, task.arm.fingers)
        self._finger_qpos = _qpos_ids(model, task.arm.fingers)
        fingers = [model.joint(name).id for name in task.arm.fingers]
        self._finger_range = model.jnt_range[fingers].T
        self._finger_step = task.arm.finger_speed_m_s / task.settings.control_hz
        self._opening = np.zeros((self.nsim, len(fingers)))
        self._ramp: Array = np.arange(1, task.substeps + 1)[:, None] / task.substeps
        self._gripper = int(task.action.gripper)
        self._warnings = np.zeros(self.nsim, int)
        self._failed = np.zeros(self.nsim, bool)


def sanitize(action: Array, alteration: Array) -> tuple[Array, Mask | None]:
    """Non-finite actions become zero, others are clipped to [-1, 1].

    Args:
        action: (n, a).
        alteration: alteration per reason, (reasons, n); written into.

    Returns:
        Actions within [-1, 1], and which of them were finite, (n,); None if all were.
    """
    clipped = np.minimum(np.maximum(action, -1.0), 1.0)
    excess = np.abs(clipped - action).max(1)  # infinite or not a number as the action is
    if excess.max() < np.inf:
        alteration[1] = excess
        return clipped, None
    finite = np.asarray(np.isfinite(action).all(1))
    alteration[0] = ~finite
    alteration[1] = np.where(finite, excess, 0.0)
    clipped[~finite] = 0.0
    return clipped, finite


def _actuators(model: mujoco.MjModel, names: tuple[str, ...]) -> Any:
    return as_slice(np.array([model.actuator(name).id for name in names]))


def _qpos_ids(model: mujoco.MjModel, joints: tuple[str, ...]) -> NDArray[np.intp]:
    return np.array([model.joint(name).qposadr[0] for name in joints])
