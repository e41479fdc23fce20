"""`robo-ddpg adopt`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from robo_ddpg.adopt import report
from robo_ddpg.adopt.adopt import Wishes, adopt
from robo_ddpg.adopt.chain import walks
from robo_ddpg.adopt.legs import report as legs_report
from robo_ddpg.adopt.legs import trial as legs_trial
from robo_ddpg.adopt.legs.adopt import adopt_legs
from robo_ddpg.adopt.legs.pictures import draw as draw_legs
from robo_ddpg.adopt.pictures import draw
from robo_ddpg.adopt.trial import measure
from robo_ddpg.adopt.writing import toml_text
from robo_ddpg.cli.output import note, say
from robo_ddpg.cli.parsing.fields import File, Switch, hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.errors import OutputDirectoryError, RenderingError
from robo_ddpg.files import writing
from tasks.described.error import RobotError
from tasks.described.loading import Opened, open_robot


@dataclass(frozen=True)
class AdoptOptions:
    """Adopt a robot of your own: from its MJCF or URDF to what tasks train on.

    Writes ROBOT.toml, in which every value says where it came from and can be edited, and pictures
    of what was understood. The exit code is 0 only if the robot can be trained.
    """

    robot: Annotated[Path, Positional, arg(metavar="ROBOT")]
    """Its .xml, .urdf or .mjz."""
    out: File = None
    """The .toml to write; beside ROBOT if not given. Pictures go into a folder of its name."""
    tip: Annotated[str | None, arg(metavar="SITE", help_behavior_hint=hint)] = None
    """Site or body at the arm's tip, where names do not tell, or the robot has legs besides."""
    approach: Annotated[
        Literal["x", "y", "z", "-x", "-y", "-z"] | None, arg(help_behavior_hint=hint)
    ] = None
    """Axis of the tip's own frame that points out of the hand."""
    joint_speed: Annotated[float | None, arg(help_behavior_hint=hint)] = None
    """Highest speed of all joints [rad/s]; files of MuJoCo do not have it."""
    force: Switch = False
    """Replace an earlier .toml, with what was edited in it."""


def run(words: Words) -> bool:
    """Adopt a robot of your own: from its MJCF or URDF to what tasks train on."""
    options = parse(AdoptOptions, words, "adopt")
    out = options.out or options.robot.with_suffix(".toml")
    if out.exists() and not options.force:
        raise OutputDirectoryError(
            f"{out} is there already, perhaps with what you edited; --force replaces it"
        )
    opened = open_robot(options.robot)
    if options.tip is None and walks(opened.model):
        return _adopt_legs(options, opened, out)
    return _adopt_arm(options, opened, out)


def _adopt_arm(options: AdoptOptions, opened: Opened, out: Path) -> bool:
    wishes = Wishes(options.tip, options.approach, options.joint_speed)
    adoption = adopt(options.robot, opened, wishes)
    task = "reach (or grasp)" if adoption.robot.gripper else "reach"
    _write(out, toml_text(adoption.robot, adoption.sources, out, task))
    _say_all(report.what_it_is(adoption))
    trial = measure(adoption)
    _say_all(report.what_it_can(trial))
    _draw(lambda: draw(adoption, out.with_suffix("")))
    return _conclude(out, trial.objections, ("reach", "grasp") if trial.grasps else ("reach",))


def _adopt_legs(options: AdoptOptions, opened: Opened, out: Path) -> bool:
    if options.approach is not None:
        raise RobotError("--approach goes with arms; name one of this robot's arms by --tip")
    adoption = adopt_legs(options.robot, opened, options.joint_speed)
    _write(out, toml_text(adoption.robot, adoption.sources, out, legs_trial.TASK))
    _say_all(legs_report.what_it_is(adoption))
    trial = legs_trial.measure(adoption)
    _say_all(legs_report.what_it_can(trial))
    _draw(lambda: draw_legs(adoption, out.with_suffix("")))
    return _conclude(out, trial.objections, (legs_trial.TASK,))


def _write(out: Path, text: str) -> None:
    with writing(out) as part:
        part.write_text(text)


def _say_all(lines: Iterator[str]) -> None:
    for line in lines:
        say(line)


def _draw(draw_all: Callable[[], list[Path]]) -> None:
    try:
        for path in draw_all():
            say(f"picture     {path}")
    except RenderingError as error:
        note(f"no pictures: {error}")


def _conclude(out: Path, objections: list[str], tasks: tuple[str, ...]) -> bool:
    """Say what can be done now, or why nothing can."""
    say(f"description {out}")
    if objections:
        say(f"It cannot be trained like this: {'; '.join(objections)}.")
        return False
    for task in tasks:
        head = "next" if task == tasks[0] else ""
        say(f"{head:11} robo-ddpg train {task} --robot {out}")
    return True
