"""The heat in a house: the network of five conductances and one capacity of ISO 13790.

ISO 13790:2008, Energy performance of buildings, section 7.2.2 and annex C ("simple hourly method").
Air exchanges heat with the outdoors by ventilation and with the surfaces of the room; those with
the outdoors through windows, and with the mass of the building; that with the outdoors through
walls and roof. Only the mass stores heat, so that a step with constant gains has a closed form. The
floor is heated and cooled by water in its screed, which is part of the mass: heat goes there.
"""

from dataclasses import dataclass

import numpy as np

from tasks.arrays import Array, Ids

SURFACE_PER_FLOOR = 4.5
"""Area of all surfaces of a room per floor area (ISO 13790, 7.2.2.2)."""
MASS_PER_FLOOR = 2.5
"""Effective area of the mass per floor area, for medium weight (ISO 13790, table 12)."""
AIR_TO_SURFACE = 3.45
"""From air to surfaces [W/(m2 K)] (ISO 13790, 7.2.2.2)."""
SURFACE_TO_MASS = 9.1
"""From surfaces to the mass [W/(m2 K)] (ISO 13790, 12.2.2)."""
CAPACITY_J_M2K = 45 * 3600.0
"""Heat capacity per floor area [J/(m2 K)]: TABULA's 45 Wh/(m2 K) for every residential building
(Loga & Diefenbach 2013, TABULA Calculation Method); ISO 13790 has 165 kJ/(m2 K) for a medium
weight."""


@dataclass(frozen=True)
class Archetype:
    """A house as TABULA, the typology of European dwellings, describes it (episcope.eu)."""

    code: str
    """Its name there."""
    floor_m2: float
    transmission_w_k: float
    """Through walls, roof, floor, windows and doors [W/K]."""
    windows_w_k: float
    """Windows and doors alone [W/K]."""
    ventilation_w_k: float
    window_m2: tuple[float, float, float, float]
    """Facing north, east, south and west [m2]."""
    window_g: float
    """Share of the sun's energy that the panes let in."""


ARCHETYPES = {
    "unrefurbished": Archetype(
        "DE.N.SFH.06.Gen.ReEx.001.001", 173.2, 493.0, 101.8, 88.0, (7.6, 5.0, 16.6, 5.0), 0.75
    ),
    "refurbished": Archetype(
        "DE.N.SFH.06.Gen.ReEx.001.002", 173.2, 198.0, 47.1, 88.0, (7.6, 5.0, 16.6, 5.0), 0.60
    ),
    "new": Archetype(
        "DE.N.SFH.12.Gen.ReEx.001.001", 186.8, 142.0, 49.6, 95.0, (3.7, 2.7, 22.6, 13.0), 0.50
    ),
}
"""Single houses in Germany: built 1969 to 1978 as it was, the same with insulation as the law asks
for, and one built since 2016. The values are TABULA's, as github.com/lfrison/i4b has collected
them."""


class House:
    """n houses of one archetype."""

    def __init__(self, archetype: Archetype, count: int, step_s: float) -> None:
        """Build them.

        Args:
            archetype: which.
            count: number of houses n.
            step_s: time that `advance` covers [s].
        """
        self.archetype, self._step_s = archetype, step_s
        floor, surface = archetype.floor_m2, SURFACE_PER_FLOOR * archetype.floor_m2
        mass = MASS_PER_FLOOR * floor
        self.air_surface = AIR_TO_SURFACE * surface
        self.surface_mass = SURFACE_TO_MASS * mass
        self.gain_to_mass = mass / surface
        """Share of the sun, and of half the inner gains, that the mass takes (ISO 13790, C.2)."""
        self.gain_to_surface = (
            1 - self.gain_to_mass - archetype.windows_w_k / (SURFACE_TO_MASS * surface)
        )
        self.ventilation, self.windows, self.walls = np.zeros((3, count))
        self.capacity = np.zeros(count)
        self.mass_c = np.full(count, 20.0)
        """Temperature of the mass [°C], (n,)."""
        self._rows = np.zeros((5, count))
        self.set(np.arange(count), np.ones(count), np.ones(count))

    def set(self, ids: Ids, losses: Array, capacity: Array) -> None:
        """Scale what is lost, and what is stored, in some houses.

        Args:
            ids: which, (k,).
            losses: factors of the conductances to the outdoors, (k,).
            capacity: factors of the heat capacity, (k,).
        """
        house = self.archetype
        opaque = losses * (house.transmission_w_k - house.windows_w_k)
        self.ventilation[ids] = losses * house.ventilation_w_k
        self.windows[ids] = losses * house.windows_w_k
        self.walls[ids] = 1 / (1 / opaque - 1 / self.surface_mass)  # from the mass on
        self.capacity[ids] = capacity * CAPACITY_J_M2K * house.floor_m2
        self._derive()

    def _derive(self) -> None:
        """Eliminate air and surfaces, which store nothing."""
        to_air = self.air_surface + self.ventilation
        through_air = self.air_surface * self.ventilation / to_air
        to_surface = through_air + self.windows + self.surface_mass
        outward = through_air + self.windows
        through_surface = self.surface_mass * outward / to_surface
        conductance = through_surface + self.walls
        decay = np.exp(-self._step_s * conductance / self.capacity)
        mean = (1 - decay) * self.capacity / (self._step_s * conductance)
        self._rows = np.stack([to_air, to_surface, conductance, decay, mean])
        self._outward = outward

    def alike(self, index: int, count: int) -> "House":
        """As many houses like one of these."""
        houses = House(self.archetype, count, self._step_s)
        for name in ("ventilation", "windows", "walls", "capacity", "mass_c"):
            getattr(houses, name)[:] = getattr(self, name)[index]
        houses._derive()
        return houses

    @property
    def time_constant_s(self) -> Array:
        """In which a difference of temperatures falls to 1/e [s], (n,)."""
        return np.asarray(self.capacity / self._rows[2])

    @property
    def loss_w_k(self) -> Array:
        """What a house that is as warm everywhere loses per kelvin to the outdoors, (n,)."""
        opaque = 1 / (1 / self.walls + 1 / self.surface_mass)
        return np.asarray(self.ventilation + self.windows + opaque)

    def advance(
        self, outdoor_c: Array, inner_w: Array, sun_w: Array, heat_w: Array
    ) -> tuple[Array, Array]:
        """One step with constant gains, solved exactly.

        Args:
            outdoor_c: [°C], (n,).
            inner_w: heat of people and appliances [W], (n,).
            sun_w: through the windows [W], (n,).
            heat_w: what is brought into the floor, or taken out of it [W], (n,).

        Returns:
            Mean temperatures of air and surfaces during the step [°C], (n,) each.
        """
        to_air, to_surface, conductance, decay, mean = self._rows
        shared = 0.5 * inner_w + sun_w
        air_w = 0.5 * inner_w + self.ventilation * outdoor_c
        surface_w = self.gain_to_surface * shared + self.windows * outdoor_c
        surface_w += self.air_surface / to_air * air_w
        mass_w = heat_w + self.gain_to_mass * shared + self.walls * outdoor_c
        mass_w += self.surface_mass / to_surface * surface_w
        rest = mass_w / conductance
        away = self.mass_c - rest
        self.mass_c = rest + decay * away
        surface = (self.surface_mass * (rest + mean * away) + surface_w) / to_surface
        air = (self.air_surface * surface + air_w) / to_air
        return air, surface

    def outlook(self, outdoor_c: Array, inner_w: Array, sun_w: Array) -> tuple[Array, Array]:
        """What the mean temperature of the air in the next step depends on, which is not made.

        Args:
            outdoor_c: [°C], (n,).
            inner_w: heat of people and appliances [W], (n,).
            sun_w: through the windows [W], (n,).

        Returns:
            The temperature without heat [°C] and what heat adds [K/W], (n,) each.
        """
        to_air, to_surface, conductance, _, mean = self._rows
        before = self.mass_c
        air, _ = self.advance(outdoor_c, inner_w, sun_w, np.zeros_like(before))
        self.mass_c = before
        share = self.surface_mass / to_surface * self.air_surface / to_air
        return air, share * (1 - mean) / conductance
