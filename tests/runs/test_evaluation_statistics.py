"""Statistics come back from their file as they went."""

import json

import pytest

from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from tests.runs.examples import STATISTICS


def test_statistics_come_back_from_their_file_as_they_went() -> None:
    text = json.dumps(STATISTICS.to_json(), allow_nan=False)
    assert EvaluationStatistics.from_json(json.loads(text)) == STATISTICS


def test_the_file_is_flat_and_in_a_fixed_order() -> None:
    assert list(STATISTICS.to_json()) == [
        *("task", "controller", "episodes", "seed", "safety_filter", "model_matches"),
        *("success_rate", "success_low", "success_high"),
        *("return_mean", "return_iqm", "return_low", "return_high"),
        *("length_mean", "length_median", "unstable", "terminated", "cut", "success_at_reset"),
        *("reward_terms", "distance_m_mean"),
        *("distance_m_median", "distance_m_p90", "distance_m_max"),
        *("energy_j_median", "energy_j_p90", "energy_j_max"),
        *("safety", "violations", "measured"),
    ]


def test_a_file_without_success_has_none() -> None:
    values = STATISTICS.to_json() | dict.fromkeys(("success_rate", "success_low", "success_high"))
    assert EvaluationStatistics.from_json(values).success is None


def test_a_file_of_an_earlier_version_says_the_unit_with_the_end_of_a_name() -> None:
    values = STATISTICS.to_json()
    del values["measured"]
    found = EvaluationStatistics.from_json(values)
    assert (found.measure("energy_j").label, STATISTICS.measure("distance_m").label) == (
        "energy [J]",
        "distance to the goal [m]",
    )


def test_a_file_that_lacks_something_is_refused() -> None:
    values = STATISTICS.to_json()
    del values["return_low"]
    with pytest.raises(KeyError, match="return_low"):
        EvaluationStatistics.from_json(values)
