"""Where the sun stands, and what of it reaches windows and panels, hour by hour of a year."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from tasks.arrays import Array, Ids
from tasks.building.house import Archetype

HOURS = 365 * 24
LATITUDE = 52.4
"""Potsdam [degrees]; clocks show the sun's own time there."""
AZIMUTHS = (180.0, -90.0, 0.0, 90.0)
"""North, east, south, west [degrees from south, to the west]."""
FRAME, SHADED, SLANTED = 0.7, 0.6, 0.9
"""Shares of a window that are glass, that lie in the light, and that are left as the sun does not
come straight (TABULA Calculation Method, standard values)."""
PANEL_TILT = 30.0
PANEL_YIELD = 0.85
"""What is left of the peak power after cables, dust, heat and inverter: a performance ratio that
is common (Reich et al. 2012, Performance ratio revisited, Progress in Photovoltaics 20)."""
GROUND = 0.2
"""Share of light that the ground gives back."""
LOWEST = np.sin(np.radians(5.0))
"""Sines of the sun's elevation below this are not divided by."""


@dataclass(frozen=True)
class Sun:
    """For the middle of each hour of a year, arrays of (8760,)."""

    clear_w_m2: Array
    """On the ground from a clear sky."""
    window_beam_m2: Array
    """Window area that catches the beam, per beam on the ground [m2]."""
    panel_beam: Array
    """The same of a square metre of panels."""


@cache
def sun_for(archetype: Archetype) -> Sun:
    """Light on a house.

    Clear sky: Haurwitz 1945, Insolation in relation to cloudiness and cloud density, Journal of
    Meteorology 2, with the constants of Reno et al. 2012, SAND2012-2389, as pvlib has them.
    """
    up, south, west = directions()
    height = np.maximum(up, 1e-9)
    clear = np.where(up > 0, 1098.0 * height * np.exp(-0.059 / height), 0.0)
    beam = np.zeros(HOURS)
    for azimuth, area in zip(AZIMUTHS, archetype.window_m2, strict=True):
        angle = np.radians(azimuth)
        beam += area * np.maximum(south * np.cos(angle) + west * np.sin(angle), 0.0)
    tilt = np.radians(PANEL_TILT)
    panel = np.maximum(up * np.cos(tilt) + south * np.sin(tilt), 0.0)
    lit = (up > 0) / np.maximum(up, LOWEST)
    return Sun(clear, beam * lit, panel * lit)


def directions() -> tuple[Array, Array, Array]:
    """Towards the sun: components up, south and west, for the middle of each hour, (8760,) each.

    Declination: Cooper 1969, The absorption of radiation in solar stills, Solar Energy 12.
    """
    hour = np.arange(HOURS) + 0.5
    day = np.floor(hour / 24) + 1
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    angle = np.radians(15.0) * (hour % 24 - 12)
    latitude = np.radians(LATITUDE)
    along = np.cos(declination) * np.cos(angle)
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * along
    south = np.sin(latitude) * along - np.cos(latitude) * np.sin(declination)
    return up, south, np.cos(declination) * np.sin(angle)


def through_clouds(clear: Array, clouds: Array) -> tuple[Array, Array]:
    """Global and diffuse light on the ground under clouds [W/m2].

    Kasten & Czeplak 1980, Solar and terrestrial radiation dependent on the amount and type of
    cloud, Solar Energy 24.

    Args:
        clear: from a clear sky [W/m2].
        clouds: covered share of the sky, of the same shape.
    """
    total = clear * (1 - 0.75 * clouds**3.4)
    return total, total * (0.3 + 0.7 * np.square(clouds))


def window_gain(sun: Sun, archetype: Archetype, hours: Ids, light: tuple[Array, Array]) -> Array:
    """Heat of the sun in the house [W].

    Args:
        sun: light on it.
        archetype: the house.
        hours: of the year, whole numbers.
        light: global and diffuse, of the same shape.
    """
    total, diffuse = light
    area = sum(archetype.window_m2)
    around = area * 0.5 * (diffuse + GROUND * total)
    inside = FRAME * SHADED * SLANTED * archetype.window_g
    return np.asarray(inside * ((total - diffuse) * sun.window_beam_m2[hours] + around))


def panel_power(sun: Sun, hours: Ids, light: tuple[Array, Array]) -> Array:
    """Power of panels per peak power, which is what they give at 1000 W/m2."""
    total, diffuse = light
    up = np.cos(np.radians(PANEL_TILT))
    around = 0.5 * ((1 + up) * diffuse + (1 - up) * GROUND * total)
    caught = (total - diffuse) * sun.panel_beam[hours] + around
    return np.asarray(PANEL_YIELD * caught / 1000.0)
