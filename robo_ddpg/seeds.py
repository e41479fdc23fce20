"""Which seeds there are."""

from robo_ddpg.errors import SettingsError
from robo_ddpg.misfits import fits

LARGEST = 2**32 - 1
"""The largest seed: further ones are counted up from it, and have to stay integers of 64 bits."""


def check_seed(seed: int) -> None:
    """Refuse a seed that is no whole number, negative or too large.

    Raises:
        SettingsError: it is.
    """
    if not fits(seed, int):
        raise SettingsError(f"seed must be a whole number, got {seed!r:.60}")
    if seed < 0:
        raise SettingsError(f"seed must not be negative, got {seed}")
    if seed > LARGEST:
        raise SettingsError(f"seed must be at most {LARGEST}, got {seed}")
