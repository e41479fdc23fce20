"""A battery in a house."""

import numpy as np

from tasks.arrays import Array, Ids

EFFICIENCY = 0.95
"""What is left on the way in, and on the way out: about 90 % of a cycle, as common home storage has
(Weniger et al. 2022, Energy Storage Inspection, HTW Berlin)."""


class Battery:
    """n batteries of one size."""

    def __init__(self, capacity_kwh: float, count: int) -> None:
        """Make them, empty.

        Args:
            capacity_kwh: what each holds [kWh]; 0 for none.
            count: number of batteries n.
        """
        self.capacity_kwh = capacity_kwh
        self.charge_kwh = np.zeros(count)
        """What is in them [kWh], (n,)."""

    @property
    def level(self) -> Array:
        """Share of the capacity that is in use, (n,)."""
        return self.charge_kwh / max(self.capacity_kwh, 1e-9)

    def reset(self, ids: Ids, level: Array) -> None:
        """Charge some of them to a share of their capacity, (k,)."""
        self.charge_kwh[ids] = level * self.capacity_kwh

    def exchange(self, asked_kwh: Array) -> Array:
        """Take electricity in, or give it out where negative, as far as there is room or charge.

        Args:
            asked_kwh: within the step, (n,).

        Returns:
            What was taken in from the house, negative where something was given [kWh], (n,).
        """
        room = (self.capacity_kwh - self.charge_kwh) / EFFICIENCY
        given = np.clip(asked_kwh, -self.charge_kwh * EFFICIENCY, room)
        stored = np.where(given > 0, given * EFFICIENCY, given / EFFICIENCY)
        self.charge_kwh = np.clip(self.charge_kwh + stored, 0.0, self.capacity_kwh)
        return np.asarray(given)
