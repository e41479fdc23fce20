"""The car of `assets/car.xml`: its published limits, and where its wheels and its outline are."""

from dataclasses import dataclass

import numpy as np

from tasks.arrays import Array


@dataclass(frozen=True)
class Car:
    """A car with steered front wheels; its origin is below the middle of the rear axle."""

    wheelbase_m: float
    """Distance between the axles [m]."""
    front_track_m: float
    """Distance between the front wheels [m]."""
    rear_track_m: float
    """Distance between the rear wheels [m]."""
    wheel_m: float
    """Radius of the wheels [m]."""
    length_m: float
    """Length over all [m]."""
    width_m: float
    """Width of the body [m]."""
    middle_m: float
    """The middle of the outline is so far ahead of the origin [m]."""
    mass_kg: float
    """Mass with wheels [kg]."""
    steering_rad: float
    """Greatest steering angle, of a wheel in the middle of the front axle [rad]."""
    steering_rad_s: float
    """Greatest rate of the steering angle [rad/s]."""
    acceleration_m_s2: float
    """Greatest acceleration in any direction [m/s^2]."""
    full_power_m_s: float
    """Speed above which the engine's power limits the acceleration forward [m/s]."""
    speed_m_s: tuple[float, float]
    """Greatest speed backward, negative, and forward [m/s]."""

    @property
    def half_size_m(self) -> Array:
        """Half of the outline's length and width [m], (2,)."""
        return np.array([self.length_m, self.width_m]) / 2

    def kingpins(self, steering: Array) -> Array:
        """Angles of the left and the right front wheel [rad], (..., 2), so that none slips.

        The wheels' axles meet where the car turns about (Ackermann).

        Args:
            steering: steering angle [rad], (...).
        """
        forward = np.tan(steering)[..., None]
        sideways = 1.0 - forward / self.wheelbase_m * self._lateral(self.front_track_m)
        return np.asarray(np.arctan(forward / sideways))

    def steering(self, kingpins: Array) -> Array:
        """The steering angle [rad], (...), of wheels at angles, (..., 2): the mean of both."""
        forward = np.tan(kingpins)
        sideways = 1.0 + forward / self.wheelbase_m * self._lateral(self.front_track_m)
        return np.asarray(np.arctan(forward / sideways).mean(-1))

    def wheel_speeds(self, speed: Array, steering: Array) -> Array:
        """Front left, front right, rear left and rear right [rad/s], (..., 4), so that none slips.

        Args:
            speed: of the origin, forward [m/s], (...).
            steering: steering angle [rad], (...).
        """
        forward = np.tan(steering)[..., None]
        curvature = forward / self.wheelbase_m
        front = np.hypot(1.0 - curvature * self._lateral(self.front_track_m), forward)
        rear = 1.0 - curvature * self._lateral(self.rear_track_m)
        shares = np.concatenate([front, rear], axis=-1)
        return np.asarray(shares * speed[..., None] / self.wheel_m)

    @staticmethod
    def _lateral(track_m: float) -> Array:
        """How far left and right wheel are to the left [m], (2,)."""
        return track_m * np.array([0.5, -0.5])


CAR = Car(
    wheelbase_m=2.5789,
    front_track_m=1.38684,
    rear_track_m=1.36398,
    wheel_m=0.344,
    length_m=4.508,
    width_m=1.610,
    middle_m=1.125,
    mass_kg=1093.3,
    steering_rad=1.066,
    steering_rad_s=0.4,
    acceleration_m_s2=11.5,
    full_power_m_s=7.319,
    speed_m_s=(-13.6, 50.8),
)
"""A BMW 320i: CommonRoad vehicle models, vehicle 2 (Althoff, Koschi & Manzinger 2017, "CommonRoad:
Composable Benchmarks for Motion Planning on Roads"); `middle_m` is our own, as is the shape."""
