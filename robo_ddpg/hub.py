"""Controllers on the Hugging Face Hub: files in, files out; nothing of them is ever run."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from robo_ddpg.errors import ControllerError

PREFIX = "hf:"
"""Beginning of the name of a controller that is on the Hub."""
MOST_BYTES = 2**29
"""Of a controller that is fetched."""
_NAME = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?")
_HASH = re.compile(r"[0-9a-f]{40}")

T = TypeVar("T")


@dataclass(frozen=True)
class HubName:
    """A place on the Hub."""

    repository: str
    """`owner/name`."""
    revision: str | None = None
    """A branch, a tag, or a commit's hash, which alone says what exactly is meant."""

    @classmethod
    def parse(cls, text: str) -> "HubName":
        """From `owner/name` or `owner/name@revision`, with or without `hf:` before it.

        Raises:
            ControllerError: it has another form.
        """
        match = _NAME.fullmatch(text.removeprefix(PREFIX))
        if match is None:
            raise ControllerError(
                f"{text!r:.80} is no place on the Hub: expected {PREFIX}owner/name"
            )
        return cls(match["repository"], match["revision"])

    def __str__(self) -> str:
        return f"{PREFIX}{self.repository}" + f"@{self.revision}" * bool(self.revision)


def fetch(name: HubName, file: str) -> tuple[Path, HubName]:
    """Bring a file here; one whose revision is a hash is not asked for twice.

    Args:
        name: where it is.
        file: its name there.

    Returns:
        The file, and the name with the hash of the commit that it is from.

    Raises:
        ControllerError: there is none, the Hub cannot be reached, or huggingface_hub is missing.
    """
    hub = _library(name)
    where: dict[str, Any] = {"repo_id": name.repository, "filename": file, "endpoint": _endpoint()}
    if name.revision is not None and _HASH.fullmatch(name.revision):
        cached = hub.try_to_load_from_cache(name.repository, file, revision=name.revision)
        if isinstance(cached, str):
            return Path(cached), name

    def found() -> tuple[Path, HubName]:
        about = hub.get_hf_file_metadata(hub.hf_hub_url(**where, revision=name.revision))
        if about.size is None or about.size > MOST_BYTES:
            raise ControllerError(
                f"{name}: {file} has {about.size} bytes, at most {MOST_BYTES} are read"
            )
        pinned = HubName(name.repository, about.commit_hash)
        return Path(hub.hf_hub_download(**where, revision=about.commit_hash)), pinned

    return _asked(name, found)


def publish(name: HubName, files: Mapping[str, bytes | Path], *, private: bool) -> HubName:
    """Put files into a repository, which is made if there is none, in one commit.

    Args:
        name: where to.
        files: name there -> content, or where it is here.
        private: whether a repository that is made is.

    Returns:
        The name with the hash of the commit.

    Raises:
        ControllerError: there is no token, the Hub refuses or cannot be reached, or
            huggingface_hub is missing.
    """
    hub = _library(name)
    api = hub.HfApi(endpoint=_endpoint())
    if api.token is None and hub.get_token() is None:
        raise ControllerError(
            f"{name} cannot be written without a token: set HF_TOKEN, or hf auth login"
        )
    added = [
        hub.CommitOperationAdd(path_in_repo=path, path_or_fileobj=content)
        for path, content in files.items()
    ]

    def committed() -> HubName:
        api.create_repo(name.repository, private=private, exist_ok=True)
        commit = api.create_commit(
            name.repository, added, commit_message="Controller trained by robo_ddpg"
        )
        return HubName(name.repository, commit.oid)

    return _asked(name, committed)


def _asked(name: HubName, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except ControllerError:
        raise
    except Exception as error:  # of an HTTP library that is not ours to name
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ControllerError(f"{name}: {reason:.300}") from None


def _library(name: HubName) -> Any:
    try:
        import huggingface_hub
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise ControllerError(
            f"{name} needs huggingface_hub, which is not installed: pip install 'robo-ddpg[hub]'"
        ) from None
    disable_progress_bars()
    return huggingface_hub


def _endpoint() -> str | None:
    """Another Hub, for those who have one."""
    return os.environ.get("HF_ENDPOINT")
