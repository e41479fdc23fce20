"""Buildings by name, and their settings."""

import dataclasses
from typing import Any

from robo_ddpg.errors import SettingsError, UnknownEnvironmentError
from robo_ddpg.misfits import misfit
from tasks.building.named import BUILDINGS
from tasks.building.settings import BuildingSettings


def building_settings(name: str, **settings: Any) -> BuildingSettings:
    """The settings of a building, from those that differ from its own.

    Args:
        name: one of `BUILDINGS`.
        **settings: of `BuildingSettings`.

    Raises:
        UnknownEnvironmentError: there is no such building.
        SettingsError: there is no such setting, or not with this value.
    """
    if name not in BUILDINGS:
        raise UnknownEnvironmentError(
            f"unknown building {name!r:.60}; available: {', '.join(BUILDINGS)}"
        )
    wrong = misfit(BuildingSettings, settings)
    try:
        if not wrong:
            return dataclasses.replace(BUILDINGS[name].settings, **settings)
    except ValueError as error:
        wrong = str(error)
    raise SettingsError(f"{name} cannot have these settings: {wrong}")
