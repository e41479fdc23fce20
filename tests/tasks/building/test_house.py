"""The thermal network against closed forms, and against small steps."""

import numpy as np
import pytest

from tasks.building.house import (
    AIR_TO_SURFACE,
    ARCHETYPES,
    MASS_PER_FLOOR,
    SURFACE_PER_FLOOR,
    SURFACE_TO_MASS,
    House,
)

ALL = pytest.mark.parametrize("name", ARCHETYPES)
HOUR_S = 3600.0


def steady(house: House, outdoor_c: float, heat_w: float) -> float:
    """Temperature of the air after half a year."""
    air = np.zeros(1)
    for _ in range(24 * 180):
        air, _ = house.advance(np.array([outdoor_c]), np.zeros(1), np.zeros(1), np.array([heat_w]))
    return float(air[0])


@ALL
def test_a_house_as_warm_as_its_surroundings_stays_so(name: str) -> None:
    house = House(ARCHETYPES[name], 2, HOUR_S)
    outdoor, nothing = np.array([20.0, 20.0]), np.zeros(2)
    air, surface = house.advance(outdoor, nothing, nothing, nothing)
    for temperature in (air, surface, house.mass_c):
        np.testing.assert_allclose(temperature, 20.0, rtol=1e-12)


@ALL
def test_conductances_add_up_to_what_the_typology_says(name: str) -> None:
    archetype = ARCHETYPES[name]
    lost = House(archetype, 1, HOUR_S).loss_w_k[0]
    assert lost == pytest.approx(archetype.transmission_w_k + archetype.ventilation_w_k)


def test_a_difference_falls_to_its_share_in_a_time_constant() -> None:
    house = House(ARCHETYPES["refurbished"], 1, HOUR_S)
    outdoor, nothing = np.zeros(1), np.zeros(1)
    house.mass_c[:] = 10.0
    for _ in range(24):
        house.advance(outdoor, nothing, nothing, nothing)
    assert house.mass_c[0] == pytest.approx(10.0 * np.exp(-24 * HOUR_S / house.time_constant_s[0]))


def test_what_is_stored_and_lost_is_what_was_brought_in() -> None:
    """In the steady state the nodes' own losses balance heat, gains and sun, computed apart."""
    archetype = ARCHETYPES["new"]
    house = House(archetype, 1, HOUR_S)
    outdoor, inner, sun, heat = (np.array([x]) for x in (-5.0, 400.0, 900.0, 3000.0))
    for _ in range(24 * 180):
        air, surface = house.advance(outdoor, inner, sun, heat)
    by_air = archetype.ventilation_w_k * (air - outdoor)
    by_windows = archetype.windows_w_k * (surface - outdoor)
    by_walls = house.walls * (house.mass_c - outdoor)
    shared = (1 - house.gain_to_mass - house.gain_to_surface) * (0.5 * inner + sun)
    assert by_air + by_windows + by_walls + shared == pytest.approx(inner + sun + heat)


def test_one_long_step_is_many_short_ones() -> None:
    long, short = (House(ARCHETYPES["unrefurbished"], 1, seconds) for seconds in (HOUR_S, 1.0))
    given = [np.array([x]) for x in (3.0, 300.0, 700.0, 6000.0)]
    air_long, _ = long.advance(*given)
    mean = np.mean([short.advance(*given)[0][0] for _ in range(3600)])
    assert short.mass_c[0] == pytest.approx(long.mass_c[0], abs=1e-9)
    assert mean == pytest.approx(air_long[0], abs=1e-9)


def test_the_network_is_that_of_the_standard() -> None:
    """One Euler step of the three nodes' own balances, solved as a system of equations."""
    archetype, seconds = ARCHETYPES["refurbished"], 1e-3
    house = House(archetype, 1, seconds)
    house.mass_c[:] = 21.0
    floor = archetype.floor_m2
    to_surface = AIR_TO_SURFACE * SURFACE_PER_FLOOR * floor
    to_mass = SURFACE_TO_MASS * MASS_PER_FLOOR * floor
    outdoor, inner, sun, heat = 4.0, 500.0, 800.0, 5000.0
    gain = 0.5 * inner + sun
    air_w = 0.5 * inner + archetype.ventilation_w_k * outdoor
    surface_w = house.gain_to_surface * gain + archetype.windows_w_k * outdoor + to_mass * 21.0
    system = [
        [to_surface + archetype.ventilation_w_k, -to_surface],
        [-to_surface, to_surface + archetype.windows_w_k + to_mass],
    ]
    air, surface = np.linalg.solve(system, [air_w, surface_w])
    flow = to_mass * (surface - 21.0) + house.walls[0] * (outdoor - 21.0)
    flow += house.gain_to_mass * gain + heat
    told = house.advance(*(np.array([x]) for x in (outdoor, inner, sun, heat)))
    assert [told[0][0], told[1][0]] == pytest.approx([air, surface], abs=1e-6)
    assert (house.mass_c[0] - 21.0) * house.capacity[0] / seconds == pytest.approx(flow, rel=1e-4)


def test_an_old_house_takes_more_heat_than_a_new_one() -> None:
    warm = [steady(House(ARCHETYPES[name], 1, HOUR_S), 0.0, 5000.0) for name in ARCHETYPES]
    assert warm == sorted(warm)


def test_houses_can_differ() -> None:
    house = House(ARCHETYPES["new"], 3, HOUR_S)
    house.set(np.array([1, 2]), np.array([2.0, 1.0]), np.array([1.0, 2.0]))
    assert house.loss_w_k[1] > 1.9 * house.loss_w_k[0]
    assert house.time_constant_s[2] == pytest.approx(2 * house.time_constant_s[0])
    assert house.alike(2, 4).time_constant_s[3] == house.time_constant_s[2]
