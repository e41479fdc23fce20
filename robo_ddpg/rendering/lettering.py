"""Colours and letters of what is written into pictures."""

import functools
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from robo_ddpg.rendering.renderer import Frame

Colour = tuple[int, int, int]

PAPER: Colour = (24, 28, 34)
GROOVE: Colour = (66, 73, 84)
TEXT: Colour = (235, 238, 242)
FAINT: Colour = (158, 167, 178)
BLUE: Colour = (98, 176, 230)
GREEN: Colour = (126, 217, 150)
RED: Colour = (242, 132, 120)
AMBER: Colour = (240, 186, 92)
_SHADE = 0.45
"""Share of the picture's brightness that is left under text."""
_LIGHTEST = 80
"""What white becomes."""


def shaded(area: Frame) -> Image.Image:
    """A darker copy, to write on."""
    return Image.fromarray(area).point([min(round(_SHADE * i), _LIGHTEST) for i in range(256)] * 3)


def inverted(image: Frame) -> Frame:
    """Light where it was dark, in the same hues: for white paper."""
    values = image.astype(np.int16)
    shift = 255 - values.max(axis=2) - values.min(axis=2)
    light: Frame = (values + shift[..., None]).astype(np.uint8)
    return light


def beside(panel: Frame, picture: Frame) -> Frame:
    """A panel as it can stand beside a picture: opaque where that is transparent."""
    more = picture.shape[2] - panel.shape[2]
    return np.pad(panel, ((0, 0), (0, 0), (0, more)), constant_values=255)


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The letters, of a size in pixels."""
    import matplotlib

    file = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def shortened(text: str, letters: ImageFont.FreeTypeFont, width: float) -> str:
    """As much of a text as fits into a width in pixels."""
    if letters.getlength(text) <= width:
        return text
    while text and letters.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
