"""What files of earlier versions measure: they say the unit with the end of a name only."""

from tasks.quantities import Measure

_UNITS = {
    "_rad_s3": "rad/s³",
    "_rad_s": "rad/s",
    "_m_s": "m/s",
    "_rad": "rad",
    "_m": "m",
    "_s": "s",
    "_n": "N",
    "_j": "J",
}
"""Ending of a name -> unit; an ending comes before those it ends with."""


def measure_of(name: str) -> Measure:
    """What nobody has declared: `velocity_error_m_s` is a velocity error in m/s."""
    ending = next(filter(name.endswith, _UNITS), "")
    return Measure(name.removesuffix(ending).replace("_", " "), _UNITS.get(ending, ""))
