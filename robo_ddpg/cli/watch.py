"""`robo-ddpg watch`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import note
from robo_ddpg.cli.parsing.fields import ControllerName, FirstSeed, OwnTask, Python, RobotFile
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.elsewhere import on_robot
from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import TaskSource, source_of
from robo_ddpg.errors import SettingsError
from robo_ddpg.viewer.origin import ADDRESS


@dataclass(frozen=True)
class WatchOptions:
    """Watch controllers live in the browser; command the robot, push it, film it.

    An environment that is not a task of this package is shown in its own pictures.
    """

    controller: ControllerName
    others: Annotated[
        tuple[str, ...], Positional, arg(metavar="[B ...]", help_behavior_hint="")
    ] = ()
    """Further controllers for the same task, to be switched to while it runs."""
    port: int = 0
    """Port of the web page; 0 takes the first free one from 8080 on."""
    host: str = ADDRESS
    """Address to listen on. The default is open to this machine alone: from another one, forward
    the port (ssh -L 8080:localhost:8080 HOST), or open it with 0.0.0.0 to everyone who can reach
    it, who can then steer the robot too."""
    seed: FirstSeed = 20_000
    task: OwnTask = None
    robot: RobotFile = None
    python: Python = None


def run(words: Words) -> None:
    """Watch controllers live in the browser; command the robot, push it, film it."""
    options = parse(WatchOptions, words, "watch")
    if not 0 <= options.port <= 65535:
        raise SettingsError(f"port must be from 0 to 65535, got {options.port}")

    names = (options.controller, *options.others)
    controller, *others = (_controller(name, options) for name in names)
    if isinstance(source_of(controller), TaskSource):
        from robo_ddpg.viewer import browser
        from robo_ddpg.viewer.live import LiveController

        live = LiveController(controller, options.seed, others)
        _note(live.notes)
        browser.watch(live, port=options.port, host=options.host, names=names)
    else:
        from robo_ddpg.viewer.pictures import picture_page
        from robo_ddpg.viewer.pictures.live_pictures import LivePictures

        live_pictures = LivePictures(controller, options.seed, others)
        _note(live_pictures.notes)
        picture_page.watch(live_pictures, port=options.port, host=options.host, names=names)


def _note(lines: Sequence[str]) -> None:
    for line in lines:
        note(line)


def _controller(name: str, options: WatchOptions) -> Controller:
    controller = Controller.find(name).vouched(options.task, options.python)
    return on_robot(controller, options.robot)
