"""What may be varied, and how wrong input is named."""

from pathlib import Path

import pytest

from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.many.sweep.plan import SweepPlan
from robo_ddpg.many.sweep.space import (
    Parameter,
    check_parameters,
    parse_parameter,
    read_parameters,
    with_values,
)
from robo_ddpg.training.task_defaults import train_settings

SETTINGS = train_settings("reach", preset="td3")


def test_parameters_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(
        "simulations = {choices = [8, 16]}\n"
        "[agent]\ndiscount = {low = 0.9, high = 0.99}\n"
        "batch-size = {low = 32, high = 256, log = true}\n"
        "hidden_sizes = {choices = [[64, 64], [128]]}\n"
    )
    found = read_parameters(path)
    assert found == [
        Parameter("simulations", choices=(8, 16)),
        Parameter("agent.discount", 0.9, 0.99),
        Parameter("agent.batch_size", 32, 256, log=True),
        Parameter("agent.hidden_sizes", choices=((64, 64), (128,))),
    ]
    check_parameters(found, SETTINGS)


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("agent.discount=0.9:0.99", Parameter("agent.discount", 0.9, 0.99)),
        ("agent.batch-size=32:256:log", Parameter("agent.batch_size", 32, 256, log=True)),
        (
            "agent.hidden_sizes=[64,64]|[8]",
            Parameter("agent.hidden_sizes", choices=((64, 64), (8,))),
        ),
        ("agent.noise=gaussian", Parameter("agent.noise", choices=("gaussian",))),
    ],
)
def test_parameters_come_from_the_command_line(text: str, parameter: Parameter) -> None:
    assert parse_parameter(text) == parameter
    check_parameters([parameter], SETTINGS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "agent.discont=0.9:0.99",
            "no setting agent.discont to vary (did you mean agent.discount?)",
        ),
        ("agent.discount=0.9:1.5", "agent.discount cannot be 1.5: discount=1.5: expected within"),
        ("agent.discount=0.99:0.9", "expected a range from low to high, got 0.99 to 0.9"),
        ("agent.discount=a:b", "expected a range from low to high, got a to b"),
        ("agent.target_rate=0:0.1:log", "with log a range begins above 0"),
        ("agent.target_rate=0.1:0.2:lin", "expected NAME=LOW:HIGH:log"),
        ("agent.discount", "expected NAME=LOW:HIGH or NAME=A|B"),
        (
            "environment.episode_s=-1",
            "environment.episode_s cannot be -1: task",
        ),
        ("simulations=0", "simulations cannot be 0: simulations must be positive"),
    ],
)
def test_wrong_parameters_are_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        SweepPlan(SETTINGS, (parse_parameter(text),))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[agent", "does not give parameters"),
        ("", "names no parameter"),
        ("agent = 3", "agent is no table"),
        ("[agent]\ndiscount = 3", "agent.discount cannot be 3; write"),
        ("[agent]\ndiscount = {low = 1}", "write agent.discount = {low"),
        ("[agent]\ndiscount = {choices = []}", "or an empty one"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"sweep\.toml") as error:
        read_parameters(path)
    assert said in str(error.value)


def test_values_reach_the_settings() -> None:
    values = {"agent.discount": 0.5, "environment.episode_s": 1.0, "simulations": 8}
    made = with_values(SETTINGS, values)
    assert (made.agent.discount, made.environment["episode_s"], made.simulations) == (0.5, 1.0, 8)
    assert made.agent.batch_size == SETTINGS.agent.batch_size


def test_two_sweeps_do_not_share_a_directory(tmp_path: Path) -> None:
    plan = SweepPlan(SETTINGS, (Parameter("agent.discount", 0.9, 0.99),))
    plan.keep(tmp_path)
    SweepPlan(SETTINGS, plan.parameters, trials=80).keep(tmp_path)
    with pytest.raises(OutputDirectoryError, match="holds another sweep, with other seeds"):
        SweepPlan(SETTINGS, plan.parameters, seeds=3).keep(tmp_path)
    with pytest.raises(OutputDirectoryError, match="is not empty"):
        plan.keep(tmp_path.parent)
