"""How much heat an air-source heat pump moves per electricity."""

import numpy as np

from tasks.arrays import Array

LEAST_LIFT_K, MOST_LIFT_K = 15.0, 60.0
"""Where the curve was fitted; beyond, its ends hold."""
COLD_WATER_C = 18.0
"""What the floor is cooled with: above the dew point of common indoor air [°C]."""


def efficiency(lift_k: Array) -> Array:
    """Heat per electricity, by how far it is lifted.

    Staffell et al. 2012, A review of domestic heat pumps, Energy & Environmental Science 5, the
    fit to air-source pumps: 6.81 - 0.121 x + 0.000630 x^2 for 15 <= x <= 60.

    Args:
        lift_k: from where heat is taken to where it is brought [K], any shape.
    """
    x = np.clip(lift_k, LEAST_LIFT_K, MOST_LIFT_K)
    return np.asarray(6.81 - 0.121 * x + 0.000630 * np.square(x))


def heating_efficiency(outdoor_c: Array) -> Array:
    """For a floor whose water is the warmer the colder it is outside.

    Ruhnau, Hirth & Praktiknjo 2019, Time series of heat demand and heat pump efficiency for energy
    system modeling, Scientific Data 6, 189: 30 - 0.5 t.
    """
    return efficiency((30.0 - 0.5 * outdoor_c) - outdoor_c)


def cooling_efficiency(outdoor_c: Array) -> Array:
    """The same curve, the other way round: from the floor's water to the outdoors."""
    return efficiency(outdoor_c - COLD_WATER_C)
