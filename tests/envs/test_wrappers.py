"""Limits on the actions of any environment."""

import dataclasses
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import RescaleAction, TimeLimit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from robo_ddpg import ActionLimits, RobotEnv, RobotVectorEnv, SafeAction, SafeVectorAction
from robo_ddpg.control.action_limits import ActionFilter
from robo_ddpg.errors import SettingsError

EXACT = 1 + 1e-9


class Recorder(gymnasium.Env[Any, Any]):
    """Keeps the actions that arrive; the observation is their number. Ends after some steps."""

    def __init__(self, length: int = 10**9, space: Any = None) -> None:
        self.action_space = Box(-2, 2, (2,), np.float32) if space is None else space
        self.observation_space = Box(0, np.inf, (1,), np.float32)
        self.episodes: list[list[Any]] = []
        self._length = length

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.episodes.append([])
        return np.zeros(1, np.float32), {}

    def step(self, action: Any) -> Any:
        self.episodes[-1].append(np.array(action))
        steps = len(self.episodes[-1])
        return np.full(1, steps, np.float32), 0.0, steps >= self._length, False, {}


numbers = st.floats(-5, 5) | st.sampled_from([2.0, -2.0, np.nan, np.inf, -np.inf, 1e300])
limits = st.builds(
    ActionLimits,
    low=st.none() | st.floats(-2, -0.1),
    high=st.none() | st.floats(0.1, 2),
    rate=st.none() | st.floats(0.01, 3),
    jerk=st.none() | st.floats(0.01, 3),
    step_s=st.sampled_from([1.0, 0.05]),
    non_finite=st.sampled_from(["brake", "return"]),
)


@st.composite
def streams(draw: Any) -> Any:
    """Random, bang-bang and constant actions one after the other, some of them not finite."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        period = draw(st.integers(1, 20))
        values = draw(st.lists(numbers, min_size=1, max_size=6))
        parts.append(np.repeat(values, period))
    return np.concatenate(parts)


def filtered(bounds: ActionLimits, actions: Any, dtype: Any = np.float32) -> Any:
    """What is left of a stream of actions in [-2, 2], (steps,)."""
    stream = ActionFilter(bounds, Box(-2, 2, (1,), dtype))
    return np.array([stream.filter(np.full((1, 1), a))[0, 0] for a in actions], float)


def assert_kept(bounds: ActionLimits, actions: Any) -> None:
    """From standstill at 0, no limit is overstepped."""
    path = np.concatenate([[0.0, 0.0], actions])
    rates = np.diff(path) / bounds.step_s
    assert path.max() <= (2.0 if bounds.high is None else bounds.high) * EXACT
    assert path.min() >= (-2.0 if bounds.low is None else bounds.low) * EXACT
    if bounds.rate is not None:
        assert np.abs(rates).max() <= bounds.rate * EXACT
    if bounds.jerk is not None:
        assert np.abs(np.diff(rates)).max() / bounds.step_s <= bounds.jerk * EXACT


@settings(max_examples=150, deadline=None)
@given(limits, streams(), st.sampled_from([np.float32, np.float64]))
@example(ActionLimits(rate=0.3, jerk=0.1), np.repeat([2.0, -2.0] * 5, 7), np.float32)
@example(ActionLimits(jerk=0.01), np.full(200, np.inf), np.float64)
def test_no_stream_of_actions_leaves_the_limits(
    bounds: ActionLimits, actions: Any, dtype: Any
) -> None:
    assert_kept(bounds, filtered(bounds, actions, dtype))


@settings(max_examples=40, deadline=None)
@given(limits, streams())
def test_a_brake_from_anywhere_keeps_the_limits_and_ends_in_rest(
    bounds: ActionLimits, actions: Any
) -> None:
    # The slowest way back across the range of 4 is at a rate of 0.01.
    bounds = dataclasses.replace(bounds, step_s=1.0)
    path = filtered(bounds, np.concatenate([actions, np.full(420, np.nan)]))
    assert_kept(bounds, path)
    assert path[-1] == path[-2]
    if bounds.non_finite == "brake":
        changes = np.abs(np.diff(path[len(actions) - 1 :]))
        assert np.all(np.diff(changes) <= 1e-6)


def test_a_brake_slows_the_change_by_the_jerk_limit_and_then_holds() -> None:
    path = filtered(ActionLimits(rate=0.3, jerk=0.1), [2, 2, 2, np.nan, np.nan, np.nan, np.nan])
    assert path == pytest.approx([0.1, 0.3, 0.6, 0.8, 0.9, 0.9, 0.9], abs=1e-5)


def test_without_rate_limits_a_non_finite_action_holds_the_last_one() -> None:
    assert filtered(ActionLimits(), [1.5, np.nan, -np.inf, 0.5]).tolist() == [1.5, 1.5, 1.5, 0.5]


def test_non_finite_actions_lead_back_to_the_start_if_asked_to() -> None:
    bounds = ActionLimits(rate=0.5, start=0.25, non_finite="return")
    path = filtered(bounds, [2, 2, np.nan, np.nan, np.nan])
    assert path == pytest.approx([0.75, 1.25, 0.75, 0.25, 0.25], abs=1e-5)


def test_the_change_slows_down_before_a_bound() -> None:
    path = filtered(ActionLimits(jerk=0.5, high=1.75), [2.0] * 4)
    assert path == pytest.approx([0.5, 1.375, 1.75, 1.75], abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=20))
def test_without_limits_nothing_changes(actions: list[float]) -> None:
    assert filtered(ActionLimits(), actions).tolist() == actions


def test_without_limits_the_environment_is_the_same_to_the_bit() -> None:
    plain, safe = (
        gymnasium.make("Pendulum-v1"),
        SafeAction(gymnasium.make("Pendulum-v1"), ActionLimits()),
    )
    assert safe.action_space == plain.action_space
    plain.reset(seed=1), safe.reset(seed=1)
    plain.action_space.seed(1)
    for _ in range(50):
        action = plain.action_space.sample()
        expected, found = plain.step(action), safe.step(action)
        assert np.array_equal(expected[0], found[0]) and expected[1:4] == found[1:4]


def test_components_have_limits_of_their_own() -> None:
    env = Recorder(space=Box(-1, 1, (2, 2), np.float32))
    safe = SafeAction(env, ActionLimits(rate=[[0.1, 0.2], [0.3, np.inf]]))
    safe.reset()
    safe.step(np.ones((2, 2)))
    assert env.episodes[-1][0] == pytest.approx(np.array([[0.1, 0.2], [0.3, 1.0]]), abs=1e-5)


def test_actions_arrive_in_the_type_and_range_of_the_space() -> None:
    env = Recorder(space=Box(-10, 10, (1,), np.int64))
    safe = SafeAction(env, ActionLimits(high=6.5, rate=4))
    safe.reset()
    for _ in range(5):
        safe.step(np.array([99]))
        assert env.action_space.contains(env.episodes[-1][-1])
    path = np.ravel(env.episodes[-1])
    assert path[-1] == 6 and np.diff(path, prepend=0).max() <= 4
    assert safe.action_space == Box(-10, 6, (1,), np.int64)


def test_unbounded_actions_can_be_limited_too() -> None:
    stream = ActionFilter(ActionLimits(rate=1.0, jerk=0.5), Box(-np.inf, np.inf, (1,), np.float64))
    path = [stream.filter([[a]])[0, 0] for a in (9.0, 9.0, 9.0, np.nan, np.nan)]
    assert path == pytest.approx([0.5, 1.5, 2.5, 3.0, 3.0])


def test_the_ledger_counts_reasons_and_starts_anew_with_each_episode() -> None:
    safe = SafeAction(Recorder(), ActionLimits(rate=0.5))
    safe.reset()
    safe.step(np.array([0.25, 0.0]))
    safe.step(np.array([5.0, 0.0]))
    report = safe.step(np.array([np.nan, 0.0]))[-1]["safety"]
    assert report["out_of_range"] == {"count": 1, "size": 3.0}
    assert report["rate"]["count"] == 1
    assert report["rate"]["size"] == pytest.approx(1.25, abs=1e-5)
    assert report["non_finite"] == {"count": 1, "size": 1.0}
    assert report["jerk"] == report["range"] == {"count": 0, "size": 0.0}
    safe.reset()
    report = safe.step(np.zeros(2))[-1]["safety"]
    assert all(entry == {"count": 0, "size": 0.0} for entry in report.values())


def test_a_robot_environment_keeps_its_own_report() -> None:
    env = SafeAction(RobotEnv("reach"), ActionLimits(rate=0.1))
    env.reset(seed=0)
    safety = env.step(np.array([3.0, np.inf, 0.0]))[-1]["safety"]
    assert safety["non_finite"]["count"] == 1
    assert {"workspace", "joint_velocity", "rate"} <= set(safety)


def test_gymnasium_checks_pass_and_the_wrapped_environment_can_be_made_again() -> None:
    env = SafeAction(gymnasium.make("Pendulum-v1"), ActionLimits(rate=0.5, jerk=0.2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_env(env, skip_render_check=True)
    assert env.spec is not None
    again = gymnasium.make(env.spec)
    assert isinstance(again, SafeAction)


def test_other_wrappers_go_inside_and_outside() -> None:
    env = Recorder()
    safe = SafeAction(TimeLimit(env, 3), ActionLimits(rate=1.0))
    outer = RescaleAction(safe, np.float32(-1), np.float32(1))
    outer.reset()
    ends = [outer.step(np.ones(2, np.float32))[3] for _ in range(3)]
    assert ends == [False, False, True]
    assert np.array(env.episodes[-1])[:, 0] == pytest.approx([1, 2, 2], abs=1e-5)


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_vector_of_environments_is_limited_as_each_alone(mode: AutoresetMode) -> None:
    bounds = ActionLimits(rate=0.4, jerk=0.15)
    lengths = (3, 5, 10**9)
    each, whole = [Recorder(n) for n in lengths], [Recorder(n) for n in lengths]
    inside = SyncVectorEnv([lambda e=e: SafeAction(e, bounds) for e in each], autoreset_mode=mode)
    around = SafeVectorAction(
        SyncVectorEnv([lambda e=e: e for e in whole], autoreset_mode=mode), bounds
    )
    rng = np.random.default_rng(0)
    inside.reset(), around.reset()
    for _ in range(30):
        actions = rng.choice([-3.0, 2.0, 0.1, np.nan], (3, 2), p=[0.3, 0.5, 0.15, 0.05])
        expected, found = inside.step(actions), around.step(actions)
        _assert_same_reports(expected[-1], found[-1])
        finished = found[2] | found[3]
        if mode is AutoresetMode.DISABLED and finished.any():
            inside.reset(options={"reset_mask": finished.copy()})
            around.reset(options={"reset_mask": finished.copy()})
    for a, b in zip(each, whole, strict=True):
        assert len(a.episodes) == len(b.episodes)
        for one, other in zip(a.episodes, b.episodes, strict=True):
            assert np.array_equal(one, other)


def _assert_same_reports(expected: Any, found: Any) -> None:
    for reason, entry in found["safety"].items():
        count = expected.get("safety", {}).get(reason, {}).get("count", np.zeros(3))
        assert entry["count"].tolist() == count.tolist()
    if "final_info" in expected:
        ended = expected["_final_info"]
        for reason, entry in found["final_info"]["safety"].items():
            final = expected["final_info"]["safety"][reason]["count"]
            assert entry["count"][ended].tolist() == final[ended].tolist()
            assert found["_final_info"].tolist() == ended.tolist()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_make_vec_takes_it_as_a_wrapper(mode: str) -> None:
    bounds = ActionLimits(rate=0.5)
    env = gymnasium.make_vec(
        "Pendulum-v1",
        2,
        vectorization_mode=mode,
        wrappers=[lambda one: SafeAction(one, bounds)],
    )
    env.reset(seed=0)
    safety = env.step(np.array([[2.0], [0.1]], np.float32))[-1]["safety"]
    env.close()
    assert safety["rate"]["count"].tolist() == [1, 0]


def test_the_batched_robot_environment_can_be_wrapped() -> None:
    env = SafeVectorAction(RobotVectorEnv(3, "reach"), ActionLimits(low=-0.5, high=0.5))
    assert env.single_action_space.high.tolist() == [0.5, 0.5, 0.5]
    env.reset(seed=0)
    info = env.step(np.array([[1.0, 0, 0], [0, 0, 0], [0, np.nan, 0]]))[-1]
    assert info["safety"]["out_of_range"]["count"].tolist() == [1, 0, 0]
    assert info["safety"]["non_finite"]["count"].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": -1.0}, "rate must be positive, got -1.0"),
        ({"rate": [1.0, 0.0]}, "rate must be positive, got 0.0 at 1"),
        ({"jerk": np.nan}, "jerk must be a number, got nan"),
        ({"jerk": "fast"}, "jerk must be a number or one per component, got 'fast'"),
        ({"step_s": 0.0}, "step_s must be positive and finite, got 0.0"),
        ({"non_finite": "zero"}, "non_finite must be 'brake' or 'return', got 'zero'"),
        ({"low": -3.0}, "low must be at least the action space's -2.0, got -3.0 at 0"),
        ({"high": [1.0, 9.0]}, "high must be at most the action space's 2.0, got 9.0 at 1"),
        ({"low": 1.0, "high": 0.5}, "high must be at least low"),
        ({"start": 2.5}, "start must be between .*, got 2.5 at 0"),
        ({"rate": [1.0, 1.0, 1.0]}, r"rate has shape \(3,\), but actions have \(2,\)"),
        ({"jerk": 1e-9}, "jerk must be more than .* which rounding to float32 can add"),
    ],
)
def test_limits_that_cannot_work_are_refused_by_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        SafeAction(Recorder(), ActionLimits(**given))


def test_only_boxes_can_be_limited() -> None:
    with pytest.raises(SettingsError, match="in a Box space only"):
        SafeAction(Recorder(space=Discrete(2)), ActionLimits())


def test_each_wrapper_says_when_the_other_is_meant() -> None:
    with pytest.raises(TypeError, match="use SafeVectorAction"):
        SafeAction(SyncVectorEnv([Recorder]), ActionLimits())
    with pytest.raises(TypeError, match="VectorEnv"):
        SafeVectorAction(Recorder(), ActionLimits())


def test_an_action_of_another_shape_is_refused() -> None:
    safe = SafeAction(Recorder(), ActionLimits())
    safe.reset()
    with pytest.raises(ValueError, match=r"shape \(2,\), got \(3,\)"):
        safe.step(np.zeros(3))
