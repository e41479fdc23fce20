"""A contact sheet shows the beginning, the end, and what is between them."""

import numpy as np
import pytest

from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.sheet import spread, stride
from robo_ddpg.rendering.lettering import GREEN, PAPER, TEXT, inverted

BLANK = np.zeros((4, 4, 3), np.uint8)


@pytest.mark.parametrize(
    ("count", "steps"),
    [(1, [0]), (4, [0, 1, 2, 3]), (11, [0, 2, 4, 6, 8, 10]), (100, [0, 20, 40, 64, 84, 99])],
)
def test_moments_are_evenly_spread(count: int, steps: list[int]) -> None:
    chosen = [moment.step for _, moment in spread((BLANK, Moment(k)) for k in range(count))]
    assert chosen[0] == 0 and chosen[-1] == count - 1
    assert chosen == pytest.approx(steps, abs=0.06 * count)


def test_few_more_pictures_are_made_than_are_shown() -> None:
    assert stride(24.0, rate=20.0) == 20.0
    assert stride(0.1, rate=20.0) == stride(None, rate=20.0) == 1.0


def test_on_white_paper_words_are_dark_and_keep_their_hue() -> None:
    paper, text, green = inverted(np.array([[PAPER, TEXT, GREEN]], np.uint8))[0].astype(int)
    assert paper.min() > 200 and text.max() < 40
    assert green.argmax() == 1 and green[1] - green[0] > 60
