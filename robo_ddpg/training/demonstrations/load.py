"""Demonstrations of any origin, as episodes that a learner can take."""

from collections.abc import Iterator
from pathlib import Path

from robo_ddpg.agent.transitions import Episode
from robo_ddpg.envs.environment import Environment
from robo_ddpg.errors import DemonstrationError
from robo_ddpg.training.demonstrations.files import from_file
from robo_ddpg.training.demonstrations.fitting import fitting
from robo_ddpg.training.demonstrations.minari_dataset import from_minari
from robo_ddpg.training.demonstrations.shown import Shown

MINARI = "minari:"
"""What the id of a Minari dataset follows."""


def load_demonstrations(source: str, env: Environment) -> list[Episode]:
    """Episodes to learn from.

    Args:
        source: a directory of recordings, or of .npz files as `files` describes them; one such
            file; or `minari:ID`.
        env: where they are learned from.

    Raises:
        DemonstrationError: there are none, or one is damaged or does not fit the environment.
        RecordingError: a recording is damaged.
    """
    episodes = [fitting(shown, env) for shown in _all(source, env)]
    if not episodes:
        raise DemonstrationError(f"{source} holds no episodes")
    return episodes


def _all(source: str, env: Environment) -> Iterator[Shown]:
    if source.startswith(MINARI):
        yield from from_minari(source.removeprefix(MINARI))
        return
    for path in _files(Path(source)):
        yield from_file(path, env)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if path.exists():
            return [path]
        raise DemonstrationError(
            f"there are no demonstrations {path} (looked in {Path.cwd()}): name a directory of "
            "recordings, which robo-ddpg demonstrate makes, a .npz file, or minari:ID"
        )
    files = sorted(path.glob("*.npz"))
    if not files:
        raise DemonstrationError(
            f"{path} holds no demonstrations (*.npz): robo-ddpg demonstrate makes some"
        )
    return files
