"""`robo-ddpg adopt`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from robo_ddpg.adopt.adopt import Adoption, Wishes, adopt
from robo_ddpg.adopt.pictures import draw
from robo_ddpg.adopt.report import what_it_can, what_it_is
from robo_ddpg.adopt.trial import measure
from robo_ddpg.adopt.writing import toml_text
from robo_ddpg.cli.output import note, say
from robo_ddpg.cli.parsing.fields import File, Switch, hint
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.errors import OutputDirectoryError, RenderingError
from robo_ddpg.files import writing


@dataclass(frozen=True)
class AdoptOptions:
    """Adopt an arm of your own: from its MJCF or URDF to what tasks train on.

    Writes ROBOT.toml, in which every value says where it came from and can be edited, and pictures
    of what was understood. The exit code is 0 only if the robot can be trained.
    """

    robot: Annotated[Path, Positional, arg(metavar="ROBOT")]
    """Its .xml, .urdf or .mjz."""
    out: File = None
    """The .toml to write; beside ROBOT if not given. Pictures go into a folder of its name."""
    tip: Annotated[str | None, arg(metavar="SITE", help_behavior_hint=hint)] = None
    """Site or body at the arm's tip, where names do not tell."""
    approach: Annotated[
        Literal["x", "y", "z", "-x", "-y", "-z"] | None, arg(help_behavior_hint=hint)
    ] = None
    """Axis of the tip's own frame that points out of the hand."""
    joint_speed: Annotated[float | None, arg(help_behavior_hint=hint)] = None
    """Highest speed of all joints [rad/s]; files of MuJoCo do not have it."""
    force: Switch = False
    """Replace an earlier .toml, with what was edited in it."""


def run(words: Words) -> bool:
    """Adopt an arm of your own: from its MJCF or URDF to what tasks train on."""
    options = parse(AdoptOptions, words, "adopt")
    out = options.out or options.robot.with_suffix(".toml")
    if out.exists() and not options.force:
        raise OutputDirectoryError(
            f"{out} is there already, perhaps with what you edited; --force replaces it"
        )
    wishes = Wishes(options.tip, options.approach, options.joint_speed)
    adoption = adopt(options.robot, wishes)
    with writing(out) as part:
        part.write_text(toml_text(adoption.robot, adoption.sources, out))
    for line in what_it_is(adoption):
        say(line)
    trial = measure(adoption)
    for line in what_it_can(trial):
        say(line)
    _draw(adoption, out.with_suffix(""))
    say(f"description {out}")
    if trial.objections:
        say(f"It cannot be trained like this: {'; '.join(trial.objections)}.")
        return False
    say(f"next        robo-ddpg train reach --robot {out}")
    if trial.grasps:
        say(f"            robo-ddpg train grasp --robot {out}")
    return True


def _draw(adoption: Adoption, folder: Path) -> None:
    try:
        for path in draw(adoption, folder):
            say(f"picture     {path}")
    except RenderingError as error:
        note(f"no pictures: {error}")
