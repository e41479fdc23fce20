"""Filming controllers, whether their environment is a task or draws itself."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import TaskSource, source_of
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import RecordingError, SettingsError
from robo_ddpg.evaluation.evaluate import check_count_and_seed
from robo_ddpg.evaluation.in_words import other_model
from robo_ddpg.recording.drawn import DrawnScene, Stage
from robo_ddpg.recording.film.video_file import VideoInfo, check_place
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.film.writing import Look, Watcher, write_film
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video import render_recordings

AnyPath = str | os.PathLike[str]
CAMERA = "front"
"""From where tasks are seen."""


@dataclass(frozen=True)
class Role:
    """What a controller plays in a film."""

    controller: Controller
    seed: int
    """Of the episode."""
    title: str
    """In the picture."""


@dataclass(frozen=True)
class Film:
    """What was filmed."""

    video: VideoInfo
    returns: list[float]
    """Of each episode."""
    solved: list[bool | None]
    """Whether it ended solved; None where the environment does not say."""
    notes: list[str] = field(default_factory=list)
    """Of controllers that were trained with another model, as sentences."""


def roles_of(controller: Controller, seeds: Sequence[int]) -> list[Role]:
    """One controller in several episodes."""
    return [Role(controller, s, f"Episode {i}, seed {s}") for i, s in enumerate(seeds, start=1)]


def film(
    roles: Sequence[Role],
    path: AnyPath,
    look: Look,
    *,
    camera: str | Sequence[str] = CAMERA,
    episode_s: float | None = None,
    until_solved: float | None = None,
    keep: Path | None = None,
    watcher: Watcher | None = None,
    **settings: Any,
) -> Film:
    """Film controllers of one task or environment.

    Args:
        roles: the episodes.
        path: as for `write_video`.
        look: how it looks.
        camera: camera of a task's scene; several are shown side by side.
        episode_s: length of each episode [s]; the environment's own if not given.
        until_solved: time that an episode goes on for, solved without a break, before it ends [s];
            None films all of it.
        keep: directory for the recordings of a task's episodes, which are kept whole.
        watcher: follows it.
        **settings: settings of the environment that differ from those they were trained with.

    Raises:
        SettingsError: there is no episode, or a seed is negative.
        RecordingError: the environment draws itself, which leaves no choice of cameras and no
            states to keep.
        RenderingError: nothing can be rendered, or there is no such camera.
        VideoError: as `write_video`.
    """
    check_count_and_seed(len(roles), min((role.seed for role in roles), default=0))
    check_place(path)
    look.check_fits(path)
    if until_solved is not None and not until_solved >= 0:
        raise SettingsError(f"until_solved must not be negative, got {until_solved}")
    controller = roles[0].controller
    if isinstance(source_of(controller), TaskSource):
        length = {} if episode_s is None else {"episode_s": episode_s}
        recordings = _recorded(roles, **settings, **length)
        if keep is not None:
            for recording in recordings:
                recording.save(keep / f"seed-{recording.seed}.npz")
        if until_solved is not None:
            recordings = [solved_part(recording, until_solved) for recording in recordings]
        return _film_recorded(recordings, roles, path, look, camera, watcher)
    name = controller.task["name"]
    if camera not in (CAMERA, [CAMERA]):
        raise RecordingError(f"{name} draws itself, from where it likes: leave out the camera")
    if look.background != "scene" or look.trails or look.inset or look.slow_contacts:
        raise RecordingError(
            f"{name} draws itself, as it likes: leave out background, trails, inset, slow contacts"
        )
    if keep is not None:
        raise RecordingError(f"{name} has no states that could be kept: film it without keeping")
    return _film_drawn(roles, path, look, episode_s, until_solved, watcher, **settings)


def _recorded(roles: Sequence[Role], **settings: Any) -> list[Recording]:
    """An episode for each role, those of one controller simulated together."""
    found = {}
    for controller in dict.fromkeys(role.controller for role in roles):
        seeds = [role.seed for role in roles if role.controller is controller]
        for recording in record_episodes(controller, seeds=seeds, **settings):
            found[controller, recording.seed] = recording
    return [found[role.controller, role.seed] for role in roles]


def solved_part(recording: Recording, seconds: float) -> Recording:
    """An episode up to where it has been solved for so long without a break, or all of it [s]."""
    least, held = max(1, round(seconds * recording.control_hz)), 0
    for step, success in enumerate(recording.success, start=1):
        held = held + 1 if success else 0
        if held == least:
            return recording.first(step)
    return recording


def _film_recorded(
    recordings: Sequence[Recording],
    roles: Sequence[Role],
    path: AnyPath,
    look: Look,
    camera: str | Sequence[str],
    watcher: Watcher | None,
) -> Film:
    # One scene for all: what the actions of a controller mean is not part of the model.
    task = make_task_of(recordings[0].task)
    titles = [role.title for role in roles]
    video = render_recordings(
        recordings,
        task.model,
        path,
        camera=camera,
        titles=titles,
        words=Wording.of(task),
        watcher=watcher,
        **vars(look),
    )
    returns = [float(recording.rewards.sum()) for recording in recordings]
    solved: list[bool | None] = [bool(recording.success[-1]) for recording in recordings]
    return Film(video, returns, solved, _notes(roles, recordings[0].model_hash))


def _film_drawn(
    roles: Sequence[Role],
    path: AnyPath,
    look: Look,
    episode_s: float | None,
    until_solved: float | None,
    watcher: Watcher | None,
    **settings: Any,
) -> Film:
    if episode_s is not None and not episode_s > 0:
        raise SettingsError(f"episode_s must be positive, got {episode_s}")
    controller = roles[0].controller
    with contextlib.closing(Stage(controller, **settings)) as stage:
        rate = stage.frames_per_second
        most = None if episode_s is None else max(1, round(episode_s * rate))
        solved = None if until_solved is None else max(1, round(until_solved * rate))
        scenes = [DrawnScene(r.title, r.controller.act, r.seed, stage, most, solved) for r in roles]
        about = {"task": controller.task["name"], "seeds": [role.seed for role in roles]}
        video = write_film(scenes, path, rate, look, about=about, watcher=watcher)
        notes = _notes(roles, stage.model_hash)
    ends = [scene.told.moment for scene in scenes]
    return Film(video, [end.total for end in ends], [end.success for end in ends], notes)


def _notes(roles: Sequence[Role], model_hash: str | None) -> list[str]:
    """What is to be said of the controllers' models, once each."""
    said = (other_model(role.controller, model_hash) for role in roles)
    return [*dict.fromkeys(filter(None, said))]
