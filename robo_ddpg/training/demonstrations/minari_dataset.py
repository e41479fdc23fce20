"""Demonstrations in Minari datasets."""

from collections.abc import Iterator
from typing import Any

from robo_ddpg.errors import DemonstrationError
from robo_ddpg.training.demonstrations.shown import Shown

_DAMAGE = (OSError, ValueError, KeyError, TypeError, ImportError, RuntimeError)


def from_minari(name: str) -> Iterator[Shown]:
    """The episodes of a dataset.

    Args:
        name: its id, such as `D4RL/door/human-v2`.

    Raises:
        DemonstrationError: Minari is not installed, or has no such dataset, or a damaged one.
    """
    try:
        import minari
    except ImportError:
        raise DemonstrationError(
            f"minari:{name} needs Minari: pip install 'robo-ddpg[demonstrations]'"
        ) from None
    try:
        yield from _episodes(minari.load_dataset(name), name)
    except FileNotFoundError:
        raise DemonstrationError(
            f"Minari has no dataset {name} on this machine: minari download {name}"
        ) from None
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise DemonstrationError(f"Minari cannot read {name}: {reason}") from None


def _episodes(dataset: Any, name: str) -> Iterator[Shown]:
    spec = dataset.spec.env_spec
    for episode in dataset.iterate_episodes():
        yield Shown(
            origin=f"episode {episode.id} of {name}",
            task=None if spec is None else spec.id,
            observations=episode.observations,
            actions=episode.actions,
            rewards=episode.rewards,
            terminations=episode.terminations,
            truncations=episode.truncations,
        )
