"""Ways out of a slot: driven backwards, they are ways in.

Episodes that begin on one are solved by chance, which shows what a slot is worth long before one is
found from afar (Florensa et al. 2017, "Reverse Curriculum Generation for Reinforcement Learning").
"""

import numpy as np

from tasks.arrays import Array
from tasks.driving.car import Car
from tasks.driving.car_park.pose import direction

STRAIGHT_M, ROUND_M = 6.0, 6.0
"""A way leads straight out for so long at most, then round an arc [m]."""
ASIDE_M, ASKEW_RAD = 0.1, 0.05
"""Cars are so far to the side and so askew at most when the arc begins [m, rad]."""
STEERING_RAD = 0.9
"""Greatest steering angle in the arc [rad]."""


def way_out(car: Car, slot: Array, rng: np.random.Generator) -> tuple[Array, float]:
    """Where a car is that has driven some of a way, either end first.

    Args:
        car: its sizes.
        slot: middle [m] and heading [rad], (3,).
        rng: what is drawn from.

    Returns:
        Its middle [m], (2,), and its heading [rad].
    """
    way = rng.choice([-1.0, 1.0])  # backwards or forwards
    heading = slot[2] + (0.0 if way > 0 else np.pi)
    out, aside = direction(slot[2]), direction(slot[2] - np.pi / 2)
    middle = slot[:2] + rng.uniform(0.0, STRAIGHT_M) * out + rng.uniform(-ASIDE_M, ASIDE_M) * aside
    axle = middle - car.middle_m * direction(heading)
    heading += rng.uniform(-ASKEW_RAD, ASKEW_RAD)
    sharpest = np.tan(STEERING_RAD) / car.wheelbase_m
    arc = way * rng.uniform(0.0, ROUND_M)
    half_turn = 0.5 * arc * rng.uniform(-sharpest, sharpest)
    axle = axle + arc * np.sinc(half_turn / np.pi) * direction(heading + half_turn)
    heading += 2.0 * half_turn
    return axle + car.middle_m * direction(heading), heading
