"""Names of quantities in words: `velocity_error_m_s` is a velocity error in m/s."""

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


def words_and_unit(name: str) -> tuple[str, str]:
    """The words and the unit in a name; the unit is empty if there is none."""
    ending = next(filter(name.endswith, _UNITS), "")
    return name.removesuffix(ending).replace("_", " "), _UNITS.get(ending, "")


def label(name: str) -> str:
    """The words in a name, with its unit in brackets."""
    words, unit = words_and_unit(name)
    return f"{words} [{unit}]" if unit else words
