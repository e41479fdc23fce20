"""Evaluations in parts, with stand-ins of a cluster; the real one is tried by a script."""

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.cli.many import engines
from robo_ddpg.controller import Controller
from robo_ddpg.errors import ControllerError, RoboDDPGError
from robo_ddpg.evaluation.comparison import compare
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.perturbations import PERTURBATIONS, Perturbation
from robo_ddpg.evaluation.robustness import evaluate_robustness
from robo_ddpg.many.cluster.spread import RaySpread


class Backwards:
    """Makes the last part first, as a cluster may."""

    def __init__(self) -> None:
        self.parts: list[Any] = []

    def __call__(self, function: Callable[[Any], Any], parts: Sequence[Any]) -> Iterator[Any]:
        self.parts += parts
        found = {k: function(parts[k]) for k in reversed(range(len(parts)))}
        return iter([found[k] for k in range(len(parts))])


@pytest.fixture
def reach() -> Controller:
    return Controller.find("reach")


def test_an_evaluation_in_parts_is_the_same_to_the_bit(
    reach: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robo_ddpg.evaluation.evaluate.MOST_ELSEWHERE", 4)
    spread, done = Backwards(), list[int]()
    short = {"episodes": 10, "seed": 7, "episode_s": 0.5}
    parts = evaluate(reach, spread=spread, progress=done.append, **short)
    whole = evaluate(reach, **short)
    assert spread.parts == [(7, 4), (11, 4), (15, 2)] and done == [4, 8, 10]
    assert parts.rows() == whole.rows() and parts.summary() == whole.summary()


def test_a_comparison_is_spread_too(reach: Controller) -> None:
    spread = Backwards()
    here, there = (
        compare(reach, reach, episodes=3),
        compare(reach, reach, episodes=3, spread=spread),
    )
    assert len(spread.parts) == 2 and here.summary() == there.summary()


def test_each_point_of_a_robustness_curve_is_a_part(reach: Controller) -> None:
    whole = PERTURBATIONS["mass"]
    mass = Perturbation(
        whole.title, whole.unit, nominal=1.0, levels=(0.5, 1.0, 2.0), apply=whole.apply
    )
    plan: dict[str, Any] = {"episodes": 3, "perturbations": {"mass": mass}}
    spread = Backwards()
    there, here = (evaluate_robustness(reach, **plan, **how) for how in ({"spread": spread}, {}))
    assert [part and part[1] for part in spread.parts] == [None, 0.5, 2.0]
    assert there.to_json() == here.to_json()


class StandIn(types.ModuleType):
    """Tasks are made when they are asked for."""

    class RayTaskError(RuntimeError):
        """As Ray's, with what the task raised."""

        cause: Exception | None = None

    def __init__(self) -> None:
        super().__init__("ray")
        self.cancelled = 0
        errors = {"RayError": RuntimeError, "RayTaskError": self.RayTaskError}
        self.exceptions = types.SimpleNamespace(**errors)

    def remote(self, **_: Any) -> Callable[..., Any]:
        def task(function: Callable[..., Any]) -> Any:
            assert isinstance(function, types.FunctionType)  # all that Ray takes
            return types.SimpleNamespace(remote=lambda *given: (function, given))

        return task

    def get(self, task: Any) -> Any:
        function, given = task
        try:
            return function(*given)
        except ControllerError as error:
            wrapped = self.RayTaskError("a traceback")
            wrapped.cause = error
            raise wrapped from None

    def cancel(self, _: Any, *, force: bool) -> None:
        self.cancelled += not force


def test_tasks_give_their_results_in_order() -> None:
    ray = StandIn()
    assert list(RaySpread(ray)(abs, [-2, 1])) == [2, 1] and ray.cancelled == 2


def test_what_a_part_raises_is_raised_here_and_a_dead_node_is_one_line() -> None:
    def refuse(_: int) -> None:
        raise ControllerError("it does not fit")

    def die(_: int) -> None:
        raise RuntimeError("the node\ndied")

    with pytest.raises(ControllerError, match="it does not fit"):
        list(RaySpread(StandIn())(refuse, [1]))
    with pytest.raises(RoboDDPGError, match="the node died"):
        list(RaySpread(StandIn())(die, [1]))


def test_the_commands_play_on_a_cluster(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import contextlib

    ray = StandIn()
    monkeypatch.setattr(engines, "_cluster", lambda _: contextlib.nullcontext(ray))
    assert main(["evaluate", "reach", "--episodes", "3", "--ray"]) == 0
    assert main(["compare", "reach", "reach", "--episodes", "3", "--ray"]) == 0
    assert ray.cancelled == 3
    assert main(["evaluate", "reach", "--at-least", "0.9", "--ray"]) == 2
    assert main(["compare", "reach", "reach", "--sequential", "--ray"]) == 2
    assert "--ray" in capsys.readouterr().err
    assert main(["train", "reach", "--seeds", "0", "--storage", "s3://b/p"]) == 2
    assert "--storage goes with --ray" in capsys.readouterr().err
