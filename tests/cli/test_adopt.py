"""`robo-ddpg adopt`, and what it writes in the hands of the other commands."""

from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from robo_ddpg.adopt import space, trial
from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.deploy.arm_runtime import ArmRuntime
from tasks.arm.described.reading import read_robot
from tests.adopt.robots import FINGERS, NAMES, SITE, arm_xml, write


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The description of an arm with a gripper, found on a coarse grid."""
    folder = tmp_path_factory.mktemp("adopted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "CELLS", (6, 7, 5))
        patch.setattr(trial, "EPISODES", 10)
        patch.setattr(space, "HOMES", 1)
        assert main(["adopt", str(write(folder, arm_xml(SITE + FINGERS)))]) == 0
    return folder / "tester.toml"


def test_it_describes_and_draws_an_arm_that_can_be_trained(adopted: Path) -> None:
    robot = read_robot(str(adopted))
    assert tuple(joint.name for joint in robot.joint) == NAMES
    assert (np.subtract(robot.workspace.goal_high_m, robot.workspace.goal_low_m) > 0.08).all()
    assert {j.torque_nm for j in robot.joint} == {60.0}
    assert robot.gripper is not None
    assert robot.gripper.open_m == 0.08
    assert "two slides; left_slide, right_slide driven by nothing" in adopted.read_text()
    for name in ("home", "workspace", "tip", "contacts", "gripper"):
        picture = iio.imread(adopted.with_suffix("") / f"{name}.png")
        assert picture.shape == (480, 640, 3)
        assert picture.std() > 20


def test_what_was_edited_is_not_replaced(adopted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", str(adopted.with_suffix(".xml"))]) == 2
    assert "--force replaces it" in capsys.readouterr().err


def test_it_is_trained_on_and_the_controller_holds_it(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    words = ["train", "reach", "--robot", str(adopted), "--steps", "200", "--simulations", "8"]
    words += ["--evaluate-every", "200", "--out", str(run), "--quiet"]
    words += ["--environment.episode-s", "0.2"]
    assert main([*words, "--agent.warmup-transitions", "100"]) == 0
    controller = str(run / "controller.safetensors")
    settings = Controller.find(controller).task["settings"]
    robot = read_robot(str(adopted))
    assert read_robot(settings["robot"]) == robot
    assert settings["goal_low_m"] == list(robot.workspace.goal_low_m)
    capsys.readouterr()
    assert main(["evaluate", controller, "--episodes", "2"]) == 0
    assert "another model" not in capsys.readouterr().out
    heavier = arm_xml(SITE + FINGERS).replace('mass="0.5"', 'mass="0.6"')
    elsewhere = write(tmp_path, heavier).with_suffix(".toml")
    elsewhere.write_text(adopted.read_text())
    assert main(["evaluate", controller, "--episodes", "2", "--robot", str(elsewhere)]) == 0
    assert "another model" in capsys.readouterr().out
    elsewhere.write_text(adopted.read_text().replace('"j2"', '"elbow"'))
    assert main(["evaluate", controller, "--robot", str(elsewhere)]) == 2
    assert "whose joints are not those of" in capsys.readouterr().err


def test_grasp_is_trained_on_it_and_the_controller_holds_its_gripper(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    words = ["train", "grasp", "--robot", str(adopted), "--steps", "200", "--simulations", "8"]
    words += ["--evaluate-every", "200", "--out", str(run), "--quiet"]
    words += ["--environment.episode-s", "0.2"]
    assert main([*words, "--agent.warmup-transitions", "100"]) == 0
    controller = str(run / "controller.safetensors")
    settings = Controller.find(controller).task["settings"]
    assert read_robot(settings["robot"]) == read_robot(str(adopted))
    assert settings["cube_m"] == [0.04, 0.05]
    capsys.readouterr()
    assert main(["evaluate", controller, "--episodes", "2", "--robot", str(adopted)]) == 0
    assert "another model" not in capsys.readouterr().out
    assert ArmRuntime(controller).arm.fingers == ("robot/left_slide", "robot/right_slide")


def test_grasp_refuses_a_robot_without_a_gripper(
    adopted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare.toml"
    model = str(adopted.with_suffix(".xml"))
    text = adopted.read_text().replace('"tester.xml"', f'"{model}"')
    bare.write_text(text[: text.index("\n[gripper]")])
    assert main(["train", "grasp", "--robot", str(bare), "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert "tester has no gripper that was understood, which grasp needs" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["train", "locomotion", "--robot", "{toml}"], "locomotion has a robot of its own"),
        (["train", "Pendulum-v1", "--robot", "{toml}"], "Pendulum-v1 has a robot of its own"),
        (["train", "reach", "--robot", "none.toml"], "there is no robot none.toml"),
        (["train", "reach", "--robot", "ur5"], "there is no robot ur5; did you mean ur5e?"),
        (["demonstrate", "fly", "--robot", "so101"], "demonstrate: fly has a robot of its own"),
        (
            ["train", "reach", "--environment.robot", "{toml}"],
            "unexpected word",
        ),
        (["adopt", "none.xml"], "there is no robot's file none.xml"),
        (["adopt", "{toml}"], "is there already"),
        (["adopt", "{toml}", "--out", "x.toml"], "is no XML"),
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
    assert main([word.format(toml=adopted) for word in words]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_an_arm_that_gets_nowhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(space, "CELLS", (3, 3, 3))
    stiff = arm_xml(joint='range="-0.05 0.05" actuatorfrcrange="-60 60"')
    assert main(["adopt", str(write(tmp_path, stiff))]) == 2
    assert "gets to no box of 8 cm sides" in capsys.readouterr().err
