"""What a controller and an evaluation say of themselves."""

import copy
from typing import Any

import pytest

import robo_ddpg
from robo_ddpg.controller import Controller
from robo_ddpg.shown import Shown, measured


@pytest.fixture(scope="module")
def shipped() -> Controller:
    return Controller.find("reach")


def test_a_controller_is_one_line(shipped: Controller) -> None:
    said = repr(shipped)
    assert said.startswith("<Controller: task 'reach', observation 38 values, action 3 values, ")
    assert "success 100.0 % (98.1 to 100.0 %)" in said
    assert said.endswith("reach.safetensors'>")
    assert "\n" not in said


def test_an_evaluation_is_one_line_however_many_episodes(shipped: Controller) -> None:
    evaluation = robo_ddpg.evaluate(shipped, episodes=3, episode_s=0.1)
    said = repr(evaluation)
    assert said.startswith("<Evaluation: task 'reach', episodes 3 from seed 20000, success ")
    assert "\n" not in said and len(said) < 300
    assert repr(robo_ddpg.Run(None, evaluation)).count("Evaluation") == 1


@pytest.mark.parametrize(
    "evaluation", [None, 3, {"return_mean": "x"}, {"return_mean": float("inf")}]
)
def test_what_a_strangers_file_says_of_itself_is_left_out_if_it_is_no_figure(
    shipped: Controller, evaluation: Any
) -> None:
    metadata = copy.deepcopy(shipped.metadata) | {"evaluation": evaluation}
    metadata["task"]["name"] = "<b>\x1b[31m"
    stranger = Controller(shipped.tensors, metadata)
    assert measured(evaluation) == {}
    assert "\x1b" not in repr(stranger)
    assert "&lt;b&gt;" in stranger._repr_html_() and "<b>" not in stranger._repr_html_()


def test_in_a_notebook_it_is_a_table_of_the_same() -> None:
    class Thing(Shown):
        def facts(self) -> dict[str, str]:
            return {"a": "1", "b": "2 < 3"}

    assert repr(Thing()) == "<Thing: a 1, b 2 < 3>"
    shown = Thing()._repr_html_()
    assert shown.count("<tr>") == 2 and ">2 &lt; 3</td>" in shown
