"""Driving a car: actions are the rate of the steering angle and the acceleration, within limits."""

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.control.drive import Drive
from robo_ddpg.control.interventions import Interventions
from tasks.arrays import Array, Mask
from tasks.driving.task import AXLES, KINGPINS, DrivingTask
from tasks.quantities import Measure, Quantity

MARGIN = 0.92
"""Share of the limits of steering rate and speed that is commanded: wheels that are turned to and
fro on the road overshoot a command by some per cent."""
ANGLE_MARGIN = 0.999
"""The same of the steering angle, which they overshoot by some ten thousandths."""
SLIP_M_S = 0.5
"""Wheels may turn faster or slower than the car moves by this [m/s], as a step begins, ..."""
SLIP = 0.1
"""... or by this share of its speed: about where the longitudinal force of a tyre is greatest
(Pacejka 2012, Tire and Vehicle Dynamics, chapter 1)."""


class CarDrive(Drive):
    """Keeps a steering angle and a speed, which actions change."""

    reasons = ("steering_angle", "cornering", "acceleration", "speed", "slip")
    """Sizes are in rad, rad, m/s^2, m/s and m/s. `cornering`: the steering angle would ask for more
    than the greatest acceleration sideways; `acceleration`: there is too little power, or too
    little left of the greatest acceleration in a bend; `slip`: wheels would lock or spin."""
    limits = ("steering_angle", "steering_rate", "speed", "acceleration")
    """In rad, rad/s, m/s and m/s^2."""

    action_size = 2

    def __init__(self, task: DrivingTask, batch: Batch, threads: int) -> None:
        """Resolve limits.

        Args:
            task: a task of the car.
            batch: its simulations.
            threads: not needed.

        Raises:
            ValueError: the actuators are others, or in another order.
        """
        super().__init__(task, batch, threads)
        names = [batch.model.actuator(i).name for i in range(batch.model.nu)]
        if names != [*KINGPINS, *AXLES]:
            raise ValueError(f"actuators must be {[*KINGPINS, *AXLES]}, got {names}")
        self._task, self._car, self._enforced = task, task.car, task.settings.safety
        self._period_s = 1.0 / task.settings.control_hz
        self._low, self._high = task.speed_m_s
        self._rate = MARGIN * task.steering_rad_s
        self._share: Array = np.arange(1, task.substeps + 1) / task.substeps
        self._kingpins = [batch.model.joint(name).qposadr[0] for name in KINGPINS]
        self._ctrl, self._nq = batch.bind("ctrl"), batch.model.nq
        self._timestep_s = batch.model.opt.timestep
        self.steering = np.zeros(batch.nsim)
        """Commanded steering angle [rad], (n,)."""
        self.speed = np.zeros(batch.nsim)
        """Commanded speed [m/s], (n,)."""
        self._start = np.zeros(batch.nsim)
        self._requested, self._applied = np.zeros((2, batch.nsim, 2))

    def efforts(self) -> dict[str, Array]:
        """Steering rate and acceleration, requested and applied, (n,) each."""
        return {
            "requested_steering_rad_s": np.abs(self._requested[:, 0]),
            "applied_steering_rad_s": np.abs(self._applied[:, 0]),
            "requested_acceleration_m_s2": np.abs(self._requested[:, 1]),
            "applied_acceleration_m_s2": np.abs(self._applied[:, 1]),
        }

    def measured(self) -> dict[str, Measure]:
        """What efforts and limits are."""
        return {
            "requested_steering_rad_s": Measure("requested steering rate", "rad/s"),
            "applied_steering_rad_s": Measure("applied steering rate", "rad/s"),
            "requested_acceleration_m_s2": Measure("requested acceleration", "m/s^2"),
            "applied_acceleration_m_s2": Measure("applied acceleration", "m/s^2"),
            "steering_angle": Measure("steering angle", "rad"),
            "steering_rate": Measure("steering rate", "rad/s"),
            "speed": Measure("speed", "m/s"),
            "acceleration": Measure("acceleration", "m/s^2"),
        }

    def commanded(self) -> list[Quantity]:
        """Steering rate and acceleration."""
        return [
            Quantity("rate of the steering angle, to the left", "rad/s", self._rate),
            Quantity("acceleration forward", "m/s^2", self._task.acceleration_m_s2),
        ]

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Go on as the car moves now."""
        self._task.sense()
        self.steering[ids] = self._task.steering_angle[ids]
        self.speed[ids] = self._task.speed[ids]
        self.controls[ids] = self._commands(self.steering[ids], self.speed[ids])[:, None]
        self._ctrl[ids] = self.controls[ids, -1]

    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        """Write `controls`: steering angle and speed change evenly over the control step.

        Where the action is not a number, the car brakes and keeps its steering angle.
        """
        steering, speed = self.steering.copy(), self.speed.copy()
        self._requested = action * [self._rate, self._task.acceleration_m_s2]
        if finite is not None:
            stop = np.abs(self._task.speed) / self._period_s
            brake = -np.sign(speed) * np.minimum(stop, self._car.acceleration_m_s2)
            self._requested[:, 1] = np.where(finite, self._requested[:, 1], brake)
        self.steering = steering + self._requested[:, 0] * self._period_s
        self.speed = speed + self._requested[:, 1] * self._period_s
        if self._enforced:
            self._limit_steering(steering, interventions)
            self._limit_speed(speed, interventions)
        self._applied = np.stack([self.steering - steering, self.speed - speed], 1) / self._period_s
        ramps = [
            start[:, None] + (end - start)[:, None] * self._share
            for start, end in ((steering, self.steering), (speed, self.speed))
        ]
        self.controls[:] = self._commands(*ramps)
        self._start = self._task.speed

    def _limit_steering(self, before: Array, interventions: Interventions) -> None:
        """Keep the steering angle within its range, and within what the speed allows.

        From an angle that is too large for a speed that has grown it turns back as fast as it may.
        """
        car, wanted = self._car, self.steering
        farthest = ANGLE_MARGIN * car.steering_rad
        within = np.clip(wanted, -farthest, farthest)
        fastest = np.square(np.maximum(np.abs(self._task.speed), 0.1))
        most = np.arctan(car.wheelbase_m * car.acceleration_m_s2 / fastest)
        turn = MARGIN * car.steering_rad_s * self._period_s
        self.steering = np.clip(np.clip(within, -most, most), before - turn, before + turn)
        interventions.altered["steering_angle"][:] = np.abs(wanted - within)
        interventions.altered["cornering"][:] = np.abs(within - self.steering)

    def _limit_speed(self, before: Array, interventions: Interventions) -> None:
        """Keep acceleration, speed and slip within their ranges."""
        wanted = self.speed
        low, high = self._accelerations()
        gained = before + np.clip((wanted - before) / self._period_s, low, high) * self._period_s
        within = np.clip(gained, MARGIN * self._low, MARGIN * self._high)
        slip = np.maximum(SLIP_M_S, SLIP * np.abs(self._task.speed))
        most = slip + np.abs(wanted - before)
        self.speed = np.clip(within, self._task.speed - most, self._task.speed + most)
        interventions.altered["acceleration"][:] = np.abs(wanted - gained) / self._period_s
        interventions.altered["speed"][:] = np.abs(gained - within)
        interventions.altered["slip"][:] = np.abs(within - self.speed)

    def _accelerations(self) -> tuple[Array, Array]:
        """Least and greatest acceleration now [m/s^2], (n,) each.

        Together with the acceleration sideways no more than the greatest; away from a stand no more
        than the power gives (CommonRoad vehicle models, section 3).
        """
        car, speed = self._car, self._task.speed
        sideways = np.square(speed) * np.tan(self.steering) / car.wheelbase_m
        left = np.square(car.acceleration_m_s2) - np.square(sideways)
        braking = np.sqrt(np.maximum(left, 0.0))
        power = car.acceleration_m_s2 * car.full_power_m_s / np.maximum(np.abs(speed), 0.1)
        driving = np.minimum(braking, power)
        forward = speed >= 0.0
        return -np.where(forward, braking, driving), np.where(forward, driving, braking)

    def _commands(self, steering: Array, speed: Array) -> Array:
        """Actuator commands for steering angles and speeds, (...) each -> (..., nu)."""
        kingpins = self._car.kingpins(steering)
        return np.concatenate([kingpins, self._car.wheel_speeds(speed, steering)], axis=-1)

    def check_limits(self, interventions: Interventions) -> None:
        """Compare what the car did with its limits."""
        car, overshoot = self._car, interventions.overshoot
        angles = car.steering(self.states[:, :, self._kingpins])
        rates = np.abs(np.diff(angles, axis=1)) / self._timestep_s
        overshoot["steering_angle"][:] = np.abs(angles).max(1) - car.steering_rad
        overshoot["steering_rate"][:] = rates.max(1, initial=0.0) - car.steering_rad_s
        self._task.sense()
        speed = self._task.speed
        overshoot["speed"][:] = np.maximum(speed - self._high, self._low - speed)
        turn = self.states[:, -1, self._nq + 5]
        along, across = (speed - self._start) / self._period_s, speed * turn
        overshoot["acceleration"][:] = np.hypot(along, across) - car.acceleration_m_s2
