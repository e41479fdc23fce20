"""Where time goes, with a clock that only moves when it is told to."""

import time
from typing import Any

import gymnasium
import pytest

from robo_ddpg.envs.checkup.stepping import share_findings, speed_findings
from robo_ddpg.envs.checkup.stopwatch import Stopwatch


class Clock:
    now = 0.0


class Timed(gymnasium.Env[Any, Any]):
    """Takes 6 s for a step, 2 s of them for a picture, and 2 s for a reset."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        Clock.now += 2.0

    def step(self, action: Any) -> Any:
        Clock.now += 4.0
        self.render()

    def render(self) -> Any:
        Clock.now += 2.0


class Wrapped(gymnasium.Wrapper[Any, Any, Any, Any]):
    def step(self, action: Any) -> Any:
        Clock.now += 2.0
        return super().step(action)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", lambda: Clock.now)


def test_time_is_told_apart_between_steps_wrappers_resets_and_pictures() -> None:
    watch = Stopwatch(Wrapped(Timed()))
    watch.reset()
    watch.step(0)
    assert watch.steps_per_s == pytest.approx(0.1)
    shares = {"step": 0.4, "wrappers": 0.2, "reset": 0.2, "rendering": 0.2}
    assert watch.shares == pytest.approx(shares)


def test_without_wrappers_all_of_a_step_is_its_own() -> None:
    watch = Stopwatch(Timed())
    watch.step(0)
    assert watch.shares["wrappers"] == 0.0
    assert watch.shares["step"] == pytest.approx(4 / 6)


@pytest.mark.parametrize(
    ("shares", "steps_per_s", "names"),
    [
        ({"reset": 0.6}, 500.0, ["resets"]),
        ({"rendering": 0.6}, 500.0, ["drawing"]),
        ({"reset": 0.6, "rendering": 0.35}, 50_000.0, []),
        ({"reset": 0.1, "rendering": 0.1}, 500.0, []),
    ],
)
def test_what_takes_long_is_said_where_it_matters(
    shares: dict[str, float], steps_per_s: float, names: list[str]
) -> None:
    assert [finding.name for finding in share_findings(shares, steps_per_s)] == names


def test_a_slow_environment_is_said_in_hours() -> None:
    (finding,) = speed_findings(100.0)
    assert "a million take 3 hours" in finding.text
    assert speed_findings(1000.0) == []
