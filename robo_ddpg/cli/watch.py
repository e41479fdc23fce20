"""`robo-ddpg watch`."""

from dataclasses import dataclass

from robo_ddpg.cli.parsing.fields import ControllerName, FirstSeed, OwnTask, Python, RobotFile
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.cli.robots.elsewhere import on_robot
from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import TaskSource, source_of
from robo_ddpg.errors import SettingsError


@dataclass(frozen=True)
class WatchOptions:
    """Watch a controller live in the browser; drag its goal, push its robot.

    An environment that is not a task of this package is shown in its own pictures.
    """

    controller: ControllerName
    port: int = 0
    """Port of the web page; 0 takes the first free one from 8080 on. It is open to this machine
    alone: from another one, forward it (ssh -L 8080:localhost:8080 HOST)."""
    seed: FirstSeed = 20_000
    task: OwnTask = None
    robot: RobotFile = None
    python: Python = None


def run(words: Words) -> None:
    """Watch a controller live in the browser; drag its goal, push its robot."""
    options = parse(WatchOptions, words, "watch")
    if not 0 <= options.port <= 65535:
        raise SettingsError(f"port must be from 0 to 65535, got {options.port}")

    controller = Controller.find(options.controller).vouched(options.task, options.python)
    controller = on_robot(controller, options.robot)
    if isinstance(source_of(controller), TaskSource):
        from robo_ddpg.viewer import browser
        from robo_ddpg.viewer.live import LiveController

        browser.watch(LiveController(controller, options.seed), port=options.port)
    else:
        from robo_ddpg.viewer import picture_page
        from robo_ddpg.viewer.player import LivePictures

        picture_page.watch(LivePictures(controller, options.seed), port=options.port)
