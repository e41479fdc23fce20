"""What an object holds is saved as JSON and put back, or what cannot be is named."""

import collections
import functools
import json
import threading
from typing import Any

import mujoco
import numpy as np
import pytest
from mujoco.batch import Batch

from robo_ddpg.envs.foreign.snapshot import Unsavable, restore, snapshot

BALL = """
<mujoco><worldbody><body><freejoint/><geom size=".1"/><site name="tip"/></body></worldbody></mujoco>
"""


class Part:
    def __init__(self) -> None:
        self.values = np.arange(3.0)
        self.last_two = self.values[1:]


class Thing:
    def __init__(self, seed: int) -> None:
        self.part, self.again = Part(), [Part()]
        self.rng, self.old_rng = np.random.default_rng(seed), np.random.RandomState(seed)
        self.name, self.count, self.place = "thing", 0, None
        self.recent: Any = collections.deque([1, 2], maxlen=3)
        self.seen: dict[str, float] = {}
        self.function, self.kind = len, Part
        self.change()

    def change(self) -> Any:
        """Draw, and change everything."""
        drawn = self.rng.random(), self.old_rng.rand()
        self.part.values += drawn[0]
        self.again[0].values = self.part.values[:2] * np.nan
        self.count, self.place = self.count + 1, np.float32(drawn[1])
        self.recent.append(self.count)
        self.seen[f"{len(self.seen)}"] = float(drawn[0])
        return drawn


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_another_object_goes_on_as_the_one_that_was_saved() -> None:
    one, other = Thing(seed=0), Thing(seed=1)
    for _ in range(3):
        one.change()
    saved = through_json(snapshot(one))
    restore(other, saved)
    assert through_json(snapshot(other)) == saved
    assert other.change() == one.change()
    assert (list(other.recent), other.seen, other.count) == ([3, 4, 5], one.seen, 5)
    assert other.recent.maxlen == 3
    np.testing.assert_array_equal(other.part.values, one.part.values)
    assert np.shares_memory(other.part.last_two, other.part.values)


def test_simulations_of_a_batch_go_on_with_what_is_bound_of_them() -> None:
    model = mujoco.MjModel.from_xml_string(BALL)
    one, other = ({"batch": Batch(model, 2, 1)} for _ in range(2))
    for held in (one, other):
        held["tip"] = held["batch"].bind("site_xpos")
    one["batch"].expand("body_mass")[1] *= 2.0
    other["batch"].expand("body_inertia")[:] *= 3.0
    one["batch"].step(nstep=7)
    restore(other, through_json(snapshot(one)))
    np.testing.assert_array_equal(other["tip"], one["tip"])
    assert not other["tip"].flags.writeable
    np.testing.assert_array_equal(other["batch"].expanded("body_mass")[1], 2.0 * model.body_mass)
    np.testing.assert_array_equal(other["batch"].expanded("body_inertia")[0], model.body_inertia)
    for held in (one, other):
        held["batch"].step(nstep=3)
    np.testing.assert_array_equal(other["batch"].state, one["batch"].state)


def test_data_of_mujoco_goes_on() -> None:
    model = mujoco.MjModel.from_xml_string(BALL)
    one, other = mujoco.MjData(model), mujoco.MjData(model)
    mujoco.mj_step(model, one, 5)
    restore(other, through_json(snapshot(one)))
    assert (other.time, other.site("tip").xpos.tolist()) == (
        one.time,
        one.site("tip").xpos.tolist(),
    )


@pytest.mark.parametrize(
    ("held", "named"),
    [
        ({"a": {"lock": threading.Lock()}}, "a.lock is a _thread.lock"),
        ({"a": [np.array([None])]}, "a.0 is an array of object"),
    ],
)
def test_what_cannot_be_saved_is_named(held: Any, named: str) -> None:
    with pytest.raises(Unsavable, match=named):
        snapshot(held)


def test_functions_with_arguments_are_functions() -> None:
    assert snapshot({"make": functools.partial(int, base=2), "count": 3}) == {"count": {"plain": 3}}


def test_what_is_made_otherwise_is_not_put_back() -> None:
    with pytest.raises(Unsavable, match="new is in one of them only"):
        restore({"a": [[1.0]]}, snapshot({"a": [[1.0]], "new": np.zeros(2)}))
    with pytest.raises(Unsavable, match=r"a\.0 cannot be put back"):
        restore({"a": (np.zeros(1),), "b": [[1]]}, {"a.0": {"plain": 3}, "b.0": {"plain": [1]}})
