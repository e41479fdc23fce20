"""Saving a run so that it can be continued."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from robo_ddpg.agent.learner import Learner
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import replacing_directory

PROGRESS = ("training_s", "best", "owed")
"""What is saved besides the learner: training time, score of the best controller, updates due."""

_DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, IndexError, RuntimeError),
    SafetensorError,
)


def save_checkpoint(path: Path, agent: Learner, progress: dict[str, Any]) -> None:
    """Write everything the learner is, and how far the run was; swapped in whole.

    Args:
        path: directory of the checkpoint.
        agent: the learner, its replay buffer included.
        progress: JSON-compatible values.
    """
    with replacing_directory(path) as part:
        tensors = {name: tensor.contiguous() for name, tensor in agent.state().items()}
        save_file(tensors, part / "agent.safetensors")
        (part / "replay").mkdir()
        agent.replay_buffer.save(part / "replay")
        (part / "progress.json").write_text(json.dumps(progress))


def load_checkpoint(path: Path, agent: Learner) -> dict[str, Any]:
    """Restore the learner.

    Returns:
        The progress that was saved.

    Raises:
        OutputDirectoryError: the checkpoint is damaged or of another agent.
    """
    try:
        agent.load_state(load_file(path / "agent.safetensors"))
        agent.replay_buffer.load(path / "replay")
        progress = dict(json.loads((path / "progress.json").read_text()))
        return {name: progress[name] for name in PROGRESS}
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise OutputDirectoryError(
            f"the checkpoint {path} cannot be resumed: {reason}; train it anew"
        ) from None
