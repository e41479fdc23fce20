"""The cheapest a building could have been, had all of it been known: a linear programme.

What a step of a house does is linear in its heat, and so is everything else that is paid for, so
that no controller can be cheaper at the same discomfort.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from tasks.arrays import Array, Ids
from tasks.building.battery import EFFICIENCY
from tasks.building.building import Building


@dataclass(frozen=True)
class Optimum:
    """What is best for one episode."""

    cost_eur: float
    """The least cost."""
    actions: Array
    """How it is reached, (steps, a)."""


@dataclass(frozen=True)
class Response:
    """What a house does in a step: `mass' = keep * mass + drift + push * heat`, and its air."""

    keep: float
    push: float
    drift: Array
    """(steps,)."""
    air_keep: float
    air_push: float
    air_drift: Array
    """(steps,)."""


def response(building: Building, index: int) -> Response:
    """Read it off houses of their own: one for each hour, a warm one, and a heated one."""
    days, hours = building.days, _hours(building)
    drifting = building.house.alike(index, len(hours))
    drifting.mass_c[:] = 0.0
    outdoor, inner, sun = (s[hours, index] for s in (days.outdoor_c, days.inner_w, days.sun_w))
    air, _ = drifting.advance(outdoor, inner, sun, np.zeros(len(hours)))
    tried = building.house.alike(index, 2)
    tried.mass_c[:] = 1.0, 0.0
    nothing = np.zeros(2)
    tried_air, _ = tried.advance(nothing, nothing, nothing, np.array([0.0, 1000.0]))
    keep, push = tried.mass_c.tolist()
    air_keep, air_push = tried_air.tolist()
    return Response(keep, push, drifting.mass_c, air_keep, air_push, air)


def optimum(building: Building, index: int, discomfort_kh: float) -> Optimum:
    """Solve for one episode that has just been reset.

    Args:
        building: the buildings.
        index: which of them.
        discomfort_kh: how much of it is allowed [K h].

    Raises:
        ValueError: so little discomfort is out of reach.
    """
    programme = _Programme(building, index, discomfort_kh)
    found = linprog(
        programme.cost,
        A_ub=programme.at_most[0],
        b_ub=programme.at_most[1],
        A_eq=programme.equal[0],
        b_eq=programme.equal[1],
        bounds=programme.bounds,
        method="highs",
    )
    if not found.success:
        raise ValueError(f"no plan keeps discomfort below {discomfort_kh:g} K h: {found.message}")
    return Optimum(float(found.fun), programme.actions(found.x))


class _Programme:
    """Variables in blocks of one per step: what each costs, and what ties them together.

    Heat and cold are in kW, stocks are those at the end of a step.
    """

    def __init__(self, building: Building, index: int, discomfort_kh: float) -> None:
        settings, hours = building.settings, _hours(building)
        self._settings, self._steps = settings, len(hours)
        trade = ["buy", "sell"] if building.whole_bill else []
        store = ["take", "give", "charge"] if settings.battery_kwh else []
        self._blocks = ["mass", "heat", "cold", "out", *trade, *store]
        self._rows: list[tuple[dict[str, sparse.csr_matrix], Array, bool]] = []
        self._one = sparse.identity(self._steps, format="csr")
        self._before = sparse.eye(self._steps, k=-1, format="csr")
        pump = {
            "heat": sparse.diags(settings.step_h / building.heating[hours, index]),
            "cold": sparse.diags(settings.step_h / building.cooling[hours, index]),
        }
        self._heat(response(building, index), building.house.mass_c[index])
        self._comfort(discomfort_kh)
        self._ramp()
        price = building.days.price[hours, index]
        if not building.whole_bill:
            costs = {name: price * matrix.diagonal() for name, matrix in pump.items()}
        else:
            costs = {"buy": price, "sell": np.full(self._steps, -settings.feed_in_eur_kwh)}
            self._bill(building, index, pump)
        if store:
            self._store(building.battery.charge_kwh[index])
        self.cost = np.concatenate(
            [costs.get(name, np.zeros(self._steps)) for name in self._blocks]
        )
        self.equal = self._joined(equal=True)
        self.at_most = self._joined(equal=False)
        self.bounds = [
            bound for name in self._blocks for bound in [self._bound(name)] * self._steps
        ]

    def actions(self, values: Array) -> Array:
        """What an agent would have done, (steps, a)."""
        settings, parts = (
            self._settings,
            dict(zip(self._blocks, np.split(values, len(self._blocks)), strict=True)),
        )
        actions = [(parts["heat"] - parts["cold"]) / settings.pump_kw]
        if "take" in parts:
            step_kwh = settings.battery_kw * settings.step_h
            actions.append((parts["take"] - parts["give"]) / step_kwh)
        return np.clip(np.stack(actions, axis=1), -1.0, 1.0)

    def _bound(self, name: str) -> tuple[float | None, float | None]:
        settings = self._settings
        most = {
            "heat": settings.pump_kw,
            "cold": settings.pump_kw,
            "charge": settings.battery_kwh,
            "take": settings.battery_kw * settings.step_h,
            "give": settings.battery_kw * settings.step_h,
        }
        return (None, None) if name == "mass" else (0.0, most.get(name))

    def _tie(self, terms: dict[str, sparse.csr_matrix], right: Array, *, equal: bool) -> None:
        self._rows.append((terms, right, equal))

    def _joined(self, *, equal: bool) -> tuple[sparse.csr_matrix, Array]:
        rows = [(terms, right) for terms, right, kind in self._rows if kind is equal]
        empty = [sparse.csr_matrix((len(right), self._steps)) for _, right in rows]
        matrix = sparse.bmat(
            [
                [terms.get(name, nothing) for name in self._blocks]
                for (terms, _), nothing in zip(rows, empty, strict=True)
            ],
            format="csr",
        )
        return matrix, np.concatenate([right for _, right in rows])

    def _heat(self, house: Response, mass_c: float) -> None:
        """The mass after each step, and the air during it."""
        first = np.zeros(self._steps)
        first[0] = mass_c
        push, one = house.push, self._one
        self._tie(
            {"mass": one - house.keep * self._before, "heat": -push * one, "cold": push * one},
            house.drift + house.keep * first,
            equal=True,
        )
        self._air = {
            "mass": house.air_keep * self._before,
            "heat": house.air_push * one,
            "cold": -house.air_push * one,
        }
        self._air_drift = house.air_drift + house.air_keep * first

    def _comfort(self, discomfort_kh: float) -> None:
        """How far the air is out of bounds, and for how long altogether."""
        below = {name: -matrix for name, matrix in self._air.items()}
        for terms, room in (
            (below, self._air_drift - self._settings.low_c),
            (self._air, self._settings.high_c - self._air_drift),
        ):
            self._tie({**terms, "out": -self._one}, room, equal=False)
        total = sparse.csr_matrix(np.full((1, self._steps), self._settings.step_h))
        self._tie({"out": total}, np.array([discomfort_kh]), equal=False)

    def _ramp(self) -> None:
        """How fast the pump may change, from rest on."""
        change = self._one - self._before
        most = np.full(self._steps, self._settings.ramp_kw_h * self._settings.step_h)
        for sign in (1, -1):
            self._tie({"heat": sign * change, "cold": -sign * change}, most, equal=False)

    def _bill(self, building: Building, index: int, pump: dict[str, sparse.csr_matrix]) -> None:
        """What is bought and sold covers everything."""
        settings, hours, days = self._settings, _hours(building), building.days
        own = days.household_w[hours, index] / 1000 - settings.solar_kwp * days.panel[hours, index]
        terms = {**pump, "buy": -self._one, "sell": self._one}
        if settings.battery_kwh:
            terms |= {"take": self._one, "give": -self._one}
        self._tie(terms, -own * settings.step_h, equal=True)

    def _store(self, charge_kwh: float) -> None:
        """The battery's charge after each step."""
        first = np.zeros(self._steps)
        first[0] = charge_kwh
        change = {"take": -EFFICIENCY * self._one, "give": self._one / EFFICIENCY}
        self._tie({"charge": self._one - self._before, **change}, first, equal=True)


def _hours(building: Building) -> Ids:
    """The hour of each step of an episode."""
    settings = building.settings
    return np.arange(settings.episode_steps) * settings.step_minutes // 60
