"""Driving rotors: actions are thrusts, or thrust and body rates, limited in range and rate."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.control.drive import Drive, root_mean_square
from robo_ddpg.control.interventions import Interventions
from tasks.arrays import Array, Ids, Mask, clip
from tasks.flying.task import LOST_RAD_S, FlyingTask
from tasks.quantities import Measure, Quantity

COMMAND_RATE_S = 50.0
"""Greatest rate of change of a command, as a share of its range [1/s]: within 20 ms from nothing to
all, faster than motors follow, so that it only cuts off what they could not do anyway."""
RATES_RAD_S = (8.0, 8.0, 3.0)
"""Body rates at full action, about x, y and z [rad/s]."""
RATE_GAIN_S = (20.0, 20.0, 5.0)
"""Angular acceleration per rad/s of error [1/s]: rotors have little torque about z."""
SPEED_M_S = 6.0
"""Greatest speed [m/s]: our own, for flights indoors."""


class FlyingDrive(Drive):
    """Actions of a flying robot, limited in range and rate, to its rotors.

    Action 0 hovers, -1 is no thrust, and 1 twice the weight.
    """

    reasons = ("command_range", "command_rate")
    """Sizes are in N and N/s."""
    limits = ("turn", "speed")
    """In rad/s and m/s."""

    def __init__(self, task: FlyingTask, batch: Batch, threads: int) -> None:
        """Resolve limits.

        Args:
            task: a flying robot's task.
            batch: its simulations.
            threads: not needed.
        """
        super().__init__(task, batch, threads)
        self.action_size = 4
        self._task, self._rates = task, task.settings.control == "rates"
        self._enforced = task.settings.safety
        self._ctrl, self._thrust = batch.bind("ctrl"), batch.bind("act")
        self._turn = batch.bind("qvel")[:, 3:6]
        self._home = task.model.key_ctrl[0]
        self._times: Array = np.arange(1, task.substeps + 1)[:, None] * task.model.opt.timestep
        self._requested: Array = np.zeros_like(self._ctrl)
        self._start: Array = np.zeros_like(self._ctrl)
        self._velocity = task.model.nq

    def efforts(self) -> dict[str, Array]:
        """Changes of the commands per control step, requested and applied [N], (n,) each."""
        return {
            "requested_n": root_mean_square(self._requested - self._start),
            "applied_n": root_mean_square(self.controls[:, -1] - self._start),
        }

    def measured(self) -> dict[str, Measure]:
        """What efforts and limits are."""
        change = "change of the commands"
        return {
            "requested_n": Measure(f"requested {change}", "N"),
            "applied_n": Measure(f"applied {change}", "N"),
            "turn": Measure("angular velocity", "rad/s"),
            "speed": Measure("speed", "m/s"),
        }

    def commanded(self) -> list[Quantity]:
        """Thrusts of the rotors, or their mean and body rates."""
        hover = self._task.rotors.hover_n
        if self._rates:
            rates = zip("xyz", RATES_RAD_S, strict=True)
            turns = [Quantity(f"body rate about {axis}", "rad/s", one) for axis, one in rates]
            return [Quantity("mean thrust of the rotors", "N", hover, hover), *turns]
        names = self._task.rotors.names
        return [Quantity(f"thrust of {name}", "N", hover, hover) for name in names]

    def reset(self, ids: Ids) -> None:
        """Motors start as in keyframe `home`."""
        self._ctrl[ids] = self._home
        self.controls[ids] = self._home

    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        """Write `controls`: commands approach what is requested as fast as they may.

        An action that is not a number requests what action 0 does.
        """
        rotors = self._task.rotors
        wanted = self._thrusts(action)
        clip(wanted, 0.0, rotors.most_n, out=self._requested)
        interventions.altered["command_range"][:] = np.abs(wanted - self._requested).max(1)
        self._start[:] = self._ctrl
        if not self._enforced:
            self.controls[:] = self._requested[:, None]
            return
        change = (self._requested - self._start)[:, None]
        most = self._times * (COMMAND_RATE_S * rotors.most_n)
        self.controls[:] = self._start[:, None] + clip(change, -most, most)
        missing = np.abs(self._requested - self.controls[:, -1]).max(1)
        interventions.altered["command_rate"][:] = missing / self._times[-1]

    def _thrusts(self, action: Array) -> Array:
        """What an action asks of the rotors [N], (n, 4)."""
        rotors = self._task.rotors
        if not self._rates:
            return np.asarray(rotors.hover_n * (1.0 + action))
        off = np.array(RATES_RAD_S) * action[:, 1:] - self._turn
        torque = (np.array(RATE_GAIN_S) * off) @ rotors.inertia
        torque += np.cross(self._turn, self._turn @ rotors.inertia)
        force = 4 * rotors.hover_n * (1.0 + action[:, :1])
        return rotors.hurried(rotors.thrusts(np.hstack([force, torque])), self._thrust)

    def check_limits(self, interventions: Interventions) -> None:
        """Compare speeds with their limits."""
        velocity = self.states[:, :, self._velocity :]
        for limit, part, most in (
            ("speed", velocity[:, :, :3], SPEED_M_S),
            ("turn", velocity[:, :, 3:], LOST_RAD_S),
        ):
            fastest = np.sqrt(np.square(part).sum(2).max(1))
            np.subtract(fastest, most, out=interventions.overshoot[limit])
