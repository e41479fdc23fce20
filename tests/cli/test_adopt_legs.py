"""`robo-ddpg adopt` of robots on legs, and what it writes in the hands of the other commands."""

from pathlib import Path

import imageio.v3 as iio
import pytest

from robo_ddpg.adopt.legs import trial
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.writing import toml_text
from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from tasks.legged.described.reading import read_legged
from tests.adopt.legs.dogs import MOTORS, STANDS, dog_xml, written_in
from tests.adopt.robots import arm_xml, described, write

DOG = dog_xml(more=f"<actuator>{MOTORS}</actuator>{STANDS}")


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The description of a dog, tried shortly."""
    folder = tmp_path_factory.mktemp("adopted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "EPISODES", 2)
        patch.setattr(trial, "SECONDS", 1.0)
        assert main(["adopt", str(written_in(folder, DOG))]) == 0
    return folder / "dog.toml"


def test_it_describes_and_draws_a_dog_that_can_be_trained(adopted: Path) -> None:
    robot = read_legged(str(adopted))
    assert [leg.foot_geom for leg in robot.leg] == ["FL_ball", "FR_ball", "RL_ball", "RR_ball"]
    assert "robo-ddpg train locomotion-quadruped --robot dog.toml" in adopted.read_text()
    for name in ("home", "feet", "axes", "contacts"):
        picture = iio.imread(adopted.with_suffix("") / f"{name}.png")
        assert picture.shape == (480, 640, 3)
        assert picture.std() > 5


def test_one_that_falls_in_the_trot_is_refused(
    adopted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    falls = trial.Trial(1.0, 0.5, 0.02, 0.001, ("robot/trunk_box",), 1e3, 0, {}, False, ())
    monkeypatch.setattr(trial, "measure", lambda adoption: falls)
    monkeypatch.setattr("robo_ddpg.cli.robots.adopt.draw_legs", lambda *_: [])
    weak = DOG.replace('ctrlrange="-30 30"', 'ctrlrange="-1 1"')
    assert main(["adopt", str(written_in(tmp_path, weak))]) == 1
    told = capsys.readouterr().out
    assert "is weak: 1 N m, and standing takes" in told
    assert "the ground is touched by robot/trunk_box" in told
    assert "It cannot be trained like this: it falls in the trot on the spot in 50% of them" in told


def test_it_is_trained_on_and_the_controller_holds_it(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    words = ["train", "locomotion-quadruped", "--robot", str(adopted), "--steps", "200"]
    words += ["--simulations", "8", "--evaluate-every", "200", "--out", str(run), "--quiet"]
    words += ["--environment.episode-s", "0.04", "--agent.warmup-transitions", "100"]
    assert main(words) == 0
    controller = str(run / "controller.safetensors")
    settings = Controller.find(controller).task["settings"]
    assert read_legged(settings["robot"]) == read_legged(str(adopted))
    capsys.readouterr()
    elsewhere = written_in(tmp_path, DOG.replace('mass="6"', 'mass="7"')).with_suffix(".toml")
    elsewhere.write_text(adopted.read_text())
    assert main(["evaluate", controller, "--episodes", "2", "--robot", str(elsewhere)]) == 0
    told = capsys.readouterr().out
    assert "another model" in told
    assert "slip" in told


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["train", "reach", "--robot", "{dog}"], "a robot on legs, and this task needs an arm"),
        (
            ["train", "locomotion-quadruped", "--robot", "{arm}"],
            "an arm, and this task needs a robot on legs",
        ),
        (["train", "locomotion", "--robot", "{dog}"], "locomotion-quadruped, reach"),
        (["adopt", "{xml}", "--approach", "x", "--force"], "--approach goes with arms"),
    ],
)
def test_wrong_words_get_one_line(
    words: list[str],
    complaint: str,
    adopted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    arm = tmp_path / "arm.toml"
    arm.write_text(toml_text(described(write(tmp_path, arm_xml())), Sources(), arm, "reach"))
    places = {"dog": adopted, "arm": arm, "xml": adopted.with_suffix(".xml")}
    assert main([word.format(**places) for word in words]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1
