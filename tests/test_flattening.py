"""Vectors from observations of any form, and actions of any form from vectors."""

import json

import numpy as np
import pytest

from robo_ddpg.flattening import ActionForm, Flattening, Part

NESTED = Flattening(
    (
        Part(("gear",), "Discrete", (), choices=(3,), start=-1),
        Part(("pair", 0), "Box", (2, 2)),
        Part(("pair", 1), "MultiDiscrete", (2,), choices=(2, 3)),
    )
)


def test_parts_keep_their_order_and_choices_become_one_hot() -> None:
    observation = {"gear": 1, "pair": (np.arange(4).reshape(2, 2), np.array([1, 0]))}
    expected = [0, 0, 1, 0, 1, 2, 3, 0, 1, 1, 0, 0]
    assert NESTED.vector(observation).tolist() == expected
    assert NESTED.size == len(expected)
    assert NESTED.slices == {"gear": slice(0, 3), "pair/0": slice(3, 7), "pair/1": slice(7, 12)}


def test_many_observations_in_one_nesting_become_rows() -> None:
    pair = (np.ones((3, 2, 2)), np.zeros((3, 2), int))
    assert NESTED.vector({"gear": np.array([-1, 0, 1]), "pair": pair}).shape == (3, 12)


@pytest.mark.parametrize(
    ("observation", "problem"),
    [
        ({"gear": 0}, "has no pair/0"),
        ({"gear": 0, "pair": (np.ones(2), np.zeros(2))}, r"pair/0 has shape \(2,\), expected"),
        ({"gear": 0, "pair": (np.ones((5, 2, 2)), np.zeros(2))}, "of one observation, others"),
    ],
)
def test_an_observation_that_misfits_is_named(observation: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        NESTED.vector(observation)


def test_a_file_keeps_both() -> None:
    form = ActionForm((1, 2), "int64", np.array([[0, -1]]), np.array([[3, 1]]))
    assert Flattening.from_json(json.loads(json.dumps(NESTED.to_json()))) == NESTED
    again = ActionForm.from_json(json.loads(json.dumps(form.to_json())))
    assert again.formed([1.6, -2.0]).tolist() == [[2, -1]]


def test_actions_are_rounded_to_integers_within_their_bounds() -> None:
    form = ActionForm((2, 1), "int8", np.array([[-3], [0]]), np.array([[5], [2]]))
    formed = form.formed(np.array([[-3.0, 2.4], [1.5, 0.4]], np.float32))
    assert formed.dtype == np.int8
    assert formed.tolist() == [[[-3], [2]], [[2], [0]]]


def test_rounding_to_float32_does_not_leave_bounds_of_float64() -> None:
    form = ActionForm((1,), "float64", np.array([-1.38]), np.array([0.82]))
    assert form.formed(np.array([0.82000005], np.float32))[0] == 0.82
