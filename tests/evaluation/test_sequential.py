"""Stopping as soon as it is certain errs no more often than is said."""

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.evaluation.betting import (
    confidence_sequence,
    log_wealth,
    log_wealth_above,
    log_wealth_below,
)
from robo_ddpg.evaluation.sequential import at_least, evaluate_until, known_within
from robo_ddpg.evaluation.sequential_comparison import (
    SequentialComparison,
    compare_until_certain,
    holm,
)


@pytest.mark.parametrize("wealth", [log_wealth, log_wealth_above, log_wealth_below])
@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("counts", [(0, 0), (3, 0), (7, 2)])
def test_a_bet_is_fair_if_the_share_is_what_is_bet_against(
    wealth: Callable[[int, int, float], float], share: float, counts: tuple[int, int]
) -> None:
    s, f = counts
    won, lost = math.exp(wealth(s + 1, f, share)), math.exp(wealth(s, f + 1, share))
    assert share * won + (1 - share) * lost == pytest.approx(math.exp(wealth(s, f, share)))


def test_a_bet_on_more_loses_if_there_is_less() -> None:
    won, lost = (math.exp(log_wealth_above(*counts, 0.9)) for counts in ((1, 0), (0, 1)))
    assert 0.8 * won + 0.2 * lost < 1.0


def test_what_is_won_by_one_and_by_two_successes_was_worked_out_by_hand() -> None:
    assert log_wealth(1, 0, 0.5) == pytest.approx(0.0)
    assert log_wealth(2, 0, 0.5) == pytest.approx(math.log(1.5))
    assert log_wealth(1, 1, 0.5) == pytest.approx(math.log(0.5))


def test_the_confidence_sequence_is_missed_in_few_of_many_evaluations() -> None:
    successes = (np.random.default_rng(0).random((400, 200)) < 0.8).cumsum(axis=1)
    inside = [
        [s for s in range(n + 1) if log_wealth(s, n - s, 0.8) < math.log(20)] for n in range(1, 201)
    ]
    low, high = (np.array([bound(each) for each in inside]) for bound in (min, max))
    missed = ((successes < low) | (successes > high)).any(axis=1).mean()
    assert 0.0 < missed <= 0.05
    assert confidence_sequence(int(low[-1]), 200 - int(low[-1]))[1] >= 0.8
    assert confidence_sequence(int(low[-1]) - 1, 201 - int(low[-1]))[1] < 0.8


def test_the_confidence_sequence_contains_what_was_seen_and_narrows() -> None:
    assert confidence_sequence(0, 0) == (0.0, 1.0)
    assert confidence_sequence(50, 0)[1] == 1.0 and confidence_sequence(0, 50)[0] == 0.0
    few, many = confidence_sequence(9, 1), confidence_sequence(900, 100)
    assert few[0] < many[0] < 0.9 < many[1] < few[1]


def test_the_question_is_answered_when_it_can_be() -> None:
    ask = at_least(0.95)
    assert ask(50, 0) == "undecided"  # even a bet on nothing but successes wins 13 only
    assert ask(80, 0) == "above"
    assert ask(8, 12) == "below"
    assert known_within(0.02)(100, 0) == "undecided"
    assert known_within(0.02)(400, 0) == "narrow enough"


def test_the_shipped_controller_is_above_95_percent_within_100_episodes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", "reach", "--at-least", "0.95", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "above" and found["episodes"] <= 100
    assert found["success_low"] < 0.95  # the interval is two-sided, and made for any question


def test_a_rate_may_be_below_and_a_budget_too_small() -> None:
    short = evaluate_until("reach", at_least(0.95), most=20, episode_s=0.1)
    assert short.verdict == "below" and short.statistics().episodes == 20
    early = evaluate_until("reach", known_within(0.02), most=10, episode_s=0.1)
    assert early.verdict == "undecided" and len(early.evaluation.episodes.returns) == 10


def test_a_controller_is_not_shown_to_differ_from_itself() -> None:
    found = compare_until_certain("reach", "reach", most=40)
    assert (found.verdict, found.episodes, found.more_episodes) == ("no difference shown", 40, None)
    assert found.p_value == 1.0


def compared(only_a: int, only_b: int) -> SequentialComparison:
    return SequentialComparison("reach", "a", "b", 100, 0, only_a, only_b)


def test_pairs_that_differ_decide() -> None:
    assert compared(0, 12).verdict == "better"
    assert compared(12, 0).verdict == "worse"
    assert compared(5, 7).verdict == "no difference shown"
    assert compared(0, 12).p_value <= 0.05 < compared(5, 7).p_value


def test_how_many_more_episodes_would_decide_is_said() -> None:
    near = compared(2, 8)
    assert near.verdict == "no difference shown" and near.more_episodes is not None
    assert 0 < near.more_episodes < 200
    factor = 1 + near.more_episodes / 100
    assert compared(round(2 * factor), round(8 * factor)).verdict == "better"


def test_holms_correction_was_worked_out_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5]) == [0.5] and holm([0.9, 0.8]) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("evaluate reach --at-least 1", "at_least must be above 0 and below 1, got 1"),
        ("evaluate reach --width 0", "width must be above 0 and below 1, got 0"),
        ("evaluate reach --width 0.1 --at-least 0.9", "name one"),
        ("evaluate reach --width 0.1 --safety both", "--width go without"),
        ("evaluate Pendulum-v1 --width 0.1", "no controller"),
        ("compare reach reach --sequential --episodes 0", "episodes must be positive"),
        ("compare reach grasp --sequential", "compare controllers of one task"),
        ("compare reach reach reach --out a.mp4", "--out films two controllers"),
    ],
)
def test_wrong_input_is_refused(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    assert main(words.split()) == 2
    assert said in capsys.readouterr().err


def test_several_controllers_are_compared_with_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compare", "reach", "reach", "reach", "--episodes", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["comparisons"]
    assert [each["p_holm"] for each in found] == [1.0, 1.0]
    better = ["compare", "reach", "reach", "--sequential", "--episodes", "2", "--require-better"]
    assert main(better) == 1
    assert "no difference shown after 2 episodes" in capsys.readouterr().out
