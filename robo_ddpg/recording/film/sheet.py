"""Scenes -> a contact sheet: moments of each episode side by side in one .png."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from robo_ddpg.errors import VideoError
from robo_ddpg.files import replacing
from robo_ddpg.recording.film.rows import outcome
from robo_ddpg.recording.film.scene import Moment, Scene
from robo_ddpg.rendering.lettering import PAPER, TEXT, Colour, beside, font, inverted
from robo_ddpg.rendering.renderer import Frame

COLUMNS = 6
"""Moments of an episode: its first, its last, and what is between them."""
_SPARE = 4
"""So many more are looked at, because an episode may end before its time."""

_GAP = 3
"""Pixels around each picture."""

Shot = tuple[Frame, Moment]


def write_sheet(
    rows: Sequence[tuple[Scene, Iterable[Shot]]],
    path: str | os.PathLike[str],
    *,
    captions: bool,
    white: bool,
) -> Frame:
    """Write moments of episodes, one row each, and return the image.

    Args:
        rows: scenes and their images, all of one size.
        path: the .png.
        captions: write time and outcome below each picture.
        white: on white instead of black; there is nothing around transparent pictures.

    Raises:
        VideoError: the file cannot be written.
    """
    images = [_row(scene, spread(shots), captions, white) for scene, shots in rows]
    sheet = np.vstack(images)
    try:
        with replacing(Path(path)) as part:
            Image.fromarray(sheet).save(part)
    except OSError as error:
        raise VideoError(f"Cannot write {path}: {error.strerror or error}.") from None
    return sheet


def spread(shots: Iterable[Shot]) -> list[Shot]:
    """At most `COLUMNS` of them, evenly spread, the first and the last among them."""
    kept: list[Shot] = []
    step, last = 1, None
    for index, last in enumerate(shots):
        if index % step == 0:
            kept.append(last)
        if len(kept) > _SPARE * COLUMNS:
            kept, step = kept[::2], 2 * step
    if last is not None and kept[-1] is not last:
        kept.append(last)
    places = np.linspace(0, len(kept) - 1, min(COLUMNS, len(kept))).round().astype(int)
    return [kept[place] for place in places]


def stride(seconds: float | None, rate: float) -> float:
    """Every so many images are enough for a sheet of an episode that lasts so long at most."""
    return max(1.0, (seconds or 0.0) * rate / (_SPARE * COLUMNS))


def _row(scene: Scene, shots: Sequence[Shot], captions: bool, white: bool) -> Frame:
    cells = [_captioned(scene, *shot, white) if captions else shot[0] for shot in shots]
    shade = 255 if white else 0
    blank = np.full_like(cells[0], shade)
    row = np.stack([*cells, *[blank] * (COLUMNS - len(cells))])
    padded = np.pad(row, ((0, 0), (_GAP, _GAP), (_GAP, _GAP), (0, 0)), constant_values=shade)
    return np.asarray(np.hstack(list(padded)))


def _captioned(scene: Scene, frame: Frame, moment: Moment, white: bool) -> Frame:
    """The picture with a line below it: title or time, and how the episode stands."""
    height, width = frame.shape[:2]
    size = max(9, height // 26)
    strip = Image.new("RGB", (width, 2 * size), PAPER)
    pen = ImageDraw.Draw(strip)
    said = outcome(moment, scene.words.solved, scene.words.failed) if moment.step else ("", TEXT)
    texts: list[tuple[int, str, Colour, str]] = [
        (size // 2, f"{moment.seconds:.2f} s", TEXT, "lm"),
        (width - size // 2, *(said if moment.step else (scene.title, TEXT)), "rm"),
    ]
    for x, text, colour, anchor in texts:
        pen.text((x, size), text, colour, font(size), anchor=anchor)
    line = np.asarray(strip)
    return np.vstack([frame, beside(inverted(line) if white else line, frame)])
