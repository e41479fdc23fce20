"""Limits on any stream of actions, and the filter that keeps them for ever.

An action a, its rate r and the change of r are to a stream what position, velocity and acceleration
are to a joint. With T between actions and r changing by at most J T from one to the next, going on
with the rate r and then slowing down as hard as allowed still changes the action by::

    r T + (r - J T) T + (r - 2 J T) T + ...,

which is `braking.approach_and_stop(r, J T, T)`. So the highest rate from which the stream can still
stop before a bound is `braking.stoppable_speed` of the distance to it, and as in
`robo_ddpg.control.braking` the interval of rates that keep all limits always contains the full
brake: it is never empty.

Actions are handed on in the type of the action space, which rounds them. Rate and jerk limits are
drawn in by what rounding can add, so that they hold for what the environment receives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from robo_ddpg.control.braking import stoppable_speed
from robo_ddpg.errors import SettingsError
from robo_ddpg.misfits import misfit
from tasks.arrays import Array

Values = float | Sequence[float] | NDArray[Any]

REASONS = ("non_finite", "out_of_range", "jerk", "rate", "range")
"""Why an action may be altered. Sizes are in the unit of the limit; `range` is slowing down because
a bound is near, and its size is in the unit of the action."""


@dataclass(frozen=True)
class ActionLimits:
    """Limits on a stream of actions; one value for all components, or one for each."""

    low: Values | None = None
    """Lowest action, at least that of the action space, which it is if not given."""
    high: Values | None = None
    """Highest action, at most that of the action space, which it is if not given."""
    rate: Values | None = None
    """Largest change of the action per unit of time; no limit if not given."""
    jerk: Values | None = None
    """Largest change of that rate per unit of time; no limit if not given."""
    step_s: float = 1.0
    """Time between actions [s]; 1 makes rates changes per step."""
    start: Values | None = None
    """The action in force before an episode's first, which is limited against it; 0, or the bound
    nearest to it, if not given. For positions, give where episodes start."""
    non_finite: Literal["brake", "return"] = "brake"
    """What NaN and infinity lead to, within the limits: `brake` stops changing the action and holds
    it; `return` takes it back to `start`, safer where actions are torques or velocities."""

    def __post_init__(self) -> None:
        """Check every value by itself; `ActionFilter` checks that they fit the action space."""
        for name in ("low", "high", "rate", "jerk", "start"):
            value = getattr(self, name)
            if value is not None:
                _refuse(name, value, np.isnan(_numbers(name, value)), "a number")
        for name in ("rate", "jerk"):
            value = getattr(self, name)
            if value is not None:
                _refuse(name, value, _numbers(name, value) <= 0, "positive")
        if wrong := misfit(ActionLimits, {"step_s": self.step_s}):
            raise SettingsError(wrong)
        if not 0 < self.step_s < np.inf:
            raise SettingsError(f"step_s must be positive and finite, got {self.step_s}")
        if self.non_finite not in ("brake", "return"):
            raise SettingsError(f"non_finite must be 'brake' or 'return', got {self.non_finite!r}")


class ActionFilter:
    """Keeps the limits for n streams of actions at once, and counts what it altered."""

    def __init__(self, limits: ActionLimits | Any, space: Any, streams: int = 1) -> None:
        """Fit the limits to the action space.

        Args:
            limits: the limits.
            space: action space of one stream, a Box.
            streams: number of streams n.

        Raises:
            SettingsError: the space is no Box, or the limits do not fit it, or are none.
        """
        if not isinstance(limits, ActionLimits):
            raise SettingsError(f"limits must be ActionLimits(rate=..., ...), got {limits!r:.60}")
        if not isinstance(space, Box):
            raise SettingsError(f"actions can be limited in a Box space only, got {space}")
        self._limits, self._shape = limits, space.shape
        self._low, self._high = _range(limits, space)
        self.action_space = _tightened(space, self._low, self._high)
        """The space with the range of the limits."""
        self._start = _start(limits, space, self._low, self._high)
        self._period = limits.step_s
        rounding = _rounding(space, self._low, self._high)
        self._rate = _drawn_in("rate", limits.rate, space, 2 * rounding / self._period)
        self._step = self._period * _drawn_in(
            "jerk", limits.jerk, space, 4 * rounding / self._period**2
        )
        self._negligible = 5 * rounding / self._period
        self._action = np.tile(self._start, (streams, 1))
        self._rates = np.zeros_like(self._action)
        self._counts = np.zeros((len(REASONS), streams), np.int64)
        self._sizes = np.zeros((len(REASONS), streams))

    def reset(self, streams: "slice | NDArray[Any]" = slice(None)) -> None:
        """Start new episodes.

        Args:
            streams: index or mask of the streams that start.
        """
        self._action[streams], self._rates[streams] = self._start, 0.0
        self._counts[:, streams], self._sizes[:, streams] = 0, 0.0

    def filter(self, action: Any) -> NDArray[Any]:
        """The nearest actions that keep the limits now and can be followed by others that do.

        Args:
            action: `(n, *shape)` with the shape of the action space; anything is allowed.

        Returns:
            Actions in the type of the action space, `(n, *shape)`.

        Raises:
            ValueError: the actions have another shape.
        """
        wanted = np.asarray(action, float)
        if wanted.shape != (len(self._action), *self._shape):
            raise ValueError(
                f"actions must have shape {(len(self._action), *self._shape)}, got {wanted.shape}"
            )
        safe = self._limited(wanted.reshape(self._action.shape))
        if np.issubdtype(self.action_space.dtype, np.integer):
            safe = np.rint(safe)
        return safe.astype(self.action_space.dtype).reshape(wanted.shape)

    def report(self) -> dict[str, dict[str, NDArray[Any]]]:
        """Per reason, how many actions of the episode were altered and the largest alteration."""
        rows = zip(REASONS, self._counts.copy(), self._sizes.copy(), strict=True)
        return {reason: {"count": count, "size": size} for reason, count, size in rows}

    def _limited(self, wanted: Array) -> Array:
        finite = np.asarray(np.isfinite(wanted).all(1))
        instead = self._action if self._limits.non_finite == "brake" else self._start
        wanted = np.where(finite[:, None], wanted, instead)
        inside = np.clip(wanted, self._low, self._high)
        rates = self._limited_rates((inside - self._action) / self._period)
        changed = rates[-1] != rates[0]
        safe = np.where(changed, self._action + self._period * rates[-1], inside)
        safe = np.clip(safe, self._low, self._high)
        self._rates = (safe - self._action) / self._period
        self._action = safe
        self._record(finite, np.abs(inside - wanted), rates)
        return safe

    def _limited_rates(self, wanted: Array) -> list[Array]:
        """Rates after one limit after the other; intervals overlap, so the last one keeps all.

        Args:
            wanted: rates that lead to the actions asked for, (n, k).

        Returns:
            What was wanted, and what is left of it after jerk, rate and range, (n, k) each.
        """
        by_jerk = np.clip(wanted, self._rates - self._step, self._rates + self._step)
        by_rate = np.clip(by_jerk, -self._rate, self._rate)
        below, above = (
            self._fastest(self._action - self._low),
            self._fastest(self._high - self._action),
        )
        return [wanted, by_jerk, by_rate, np.clip(by_rate, -below, above)]

    def _fastest(self, distance: Array) -> Array:
        """The highest rates that the distance still lets slow down to 0."""
        distance = np.maximum(distance, 0.0)
        ends, slows = np.isfinite(distance), np.isfinite(self._step)
        step = np.where(slows, self._step, 1.0)
        stoppable = stoppable_speed(np.where(ends, distance, 0.0), step, self._period)
        return np.where(ends & slows, stoppable, distance / self._period)

    def _record(self, finite: NDArray[np.bool_], outside: Array, rates: list[Array]) -> None:
        """Add one action of each stream; how the filter brakes for itself is no alteration."""
        sizes = np.zeros_like(self._sizes)
        sizes[0] = ~finite
        sizes[1] = outside.max(1, initial=0.0)
        altered = np.abs(np.diff(np.stack(rates), axis=0))
        altered[altered <= self._negligible] = 0.0
        units = np.array([[1 / self._period], [1.0], [self._period]])
        sizes[2:] = altered.max(2, initial=0.0) * units
        sizes[1:, ~finite] = 0.0
        self._counts += sizes > 0
        np.maximum(self._sizes, sizes, out=self._sizes)


def _numbers(name: str, value: Values) -> Array:
    try:
        return np.asarray(value, float)
    except (TypeError, ValueError):
        raise SettingsError(
            f"{name} must be a number or one per component, got {value!r}"
        ) from None


def _refuse(name: str, value: Any, wrong: NDArray[np.bool_], expected: str) -> None:
    """Name the first value that is wrong."""
    if not wrong.any():
        return
    where = ""
    if wrong.ndim:
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        value = np.asarray(value, float)[index]
        where = f" at {index[0] if len(index) == 1 else index}"
    raise SettingsError(f"{name} must be {expected}, got {value}{where}")


def _fitted(name: str, value: Values, space: Box) -> Array:
    """One value per component, flat."""
    array = _numbers(name, value)
    try:
        return np.broadcast_to(array, space.shape).astype(float).reshape(-1)
    except ValueError:
        raise SettingsError(
            f"{name} has shape {array.shape}, but actions have {space.shape}: "
            "give one number, or one per component"
        ) from None


def _range(limits: ActionLimits, space: Box) -> tuple[Array, Array]:
    """Bounds of the actions, rounded inwards to the type of the space."""
    low, high = space.low.astype(float).reshape(-1), space.high.astype(float).reshape(-1)
    if limits.low is not None:
        given = _fitted("low", limits.low, space)
        _refuse("low", given, given < low, f"at least the action space's {space.low.min()}")
        low = _inward(given, space, np.inf)
    if limits.high is not None:
        given = _fitted("high", limits.high, space)
        _refuse("high", given, given > high, f"at most the action space's {space.high.max()}")
        high = _inward(given, space, -np.inf)
    _refuse("high", high, high < low, f"at least low, {low.tolist()}")
    return low, high


def _inward(bound: Array, space: Box, inside: float) -> Array:
    if np.issubdtype(space.dtype, np.integer):
        return np.ceil(bound) if inside > 0 else np.floor(bound)
    rounded = bound.astype(space.dtype)
    outside = rounded.astype(float) < bound if inside > 0 else rounded.astype(float) > bound
    return np.where(outside, np.nextafter(rounded, rounded.dtype.type(inside)), rounded).astype(
        float
    )


def _tightened(space: Box, low: Array, high: Array) -> Any:
    """The space itself if the range is its own."""
    dtype: Any = space.dtype
    bounds = [bound.astype(dtype).reshape(space.shape) for bound in (low, high)]
    if np.array_equal(bounds, [space.low, space.high]):
        return space
    return Box(bounds[0], bounds[1], dtype=dtype)


def _start(limits: ActionLimits, space: Box, low: Array, high: Array) -> Array:
    if limits.start is None:
        return np.clip(np.zeros_like(low), low, high)
    start = _fitted("start", limits.start, space)
    outside = (start < low) | (start > high) | ~np.isfinite(start)
    _refuse("start", start, outside, f"between {low.tolist()} and {high.tolist()}")
    return start


def _rounding(space: Box, low: Array, high: Array) -> Array:
    """The most that actions are rounded by; 0 where they have no bounds and it is not known."""
    largest = np.maximum(np.abs(low), np.abs(high))
    if np.issubdtype(space.dtype, np.integer):
        return np.full_like(largest, 0.5)
    spacing = np.spacing(np.where(np.isfinite(largest), largest, 0.0).astype(space.dtype))
    return np.where(np.isfinite(largest), spacing.astype(float), 0.0)


def _drawn_in(name: str, value: Values | None, space: Box, rounding: Array) -> Array:
    """A limit less what rounding of the actions can add to it."""
    if value is None:
        return np.full_like(rounding, np.inf)
    limit = _fitted(name, value, space)
    needed = f"more than {rounding.max():.3g}, which rounding to {space.dtype} can add"
    _refuse(name, limit, limit <= rounding, needed)
    return limit - rounding
