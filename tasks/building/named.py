"""The buildings of this package by name."""

from dataclasses import dataclass

from tasks.building.settings import BuildingSettings
from tasks.learning import Learning

# What noise does costs more than it shows of the price of an hour: without `n_step` 1 a quarter of
# the savings is not found. docs/results.md has what else was tried.
AGENT = {
    "hidden_sizes": (128, 128),
    "batch_size": 128,
    "critics": 1,
    "target_rate": 0.05,
    "discount": 0.99,
    "n_step": 1,
    "transitions_per_update": 16,
    "replay_capacity": 400_000,
    "reward_scale": 10.0,
    "anneal_updates": 45_000,
    "noise_range": (0.02, 0.3),
}
LEARNING = Learning(AGENT, steps=700_000, evaluate_every=50_000, evaluation_episodes=100)


@dataclass(frozen=True)
class Named:
    """What is known by a name."""

    summary: str
    settings: BuildingSettings
    """What it is like where nobody says otherwise."""
    learning: Learning
    """How it is best learned."""


BUILDINGS = {
    "building": Named(
        "Heat and cool a house while the price of electricity changes by the hour.",
        BuildingSettings(),
        LEARNING,
    ),
    "building-battery": Named(
        "The same with a battery and solar panels, on the bill of the whole household.",
        BuildingSettings(battery_kwh=10.0, solar_kwp=8.0),
        LEARNING,
    ),
}
