"""Colours and letters of what is written into pictures."""

import functools
from pathlib import Path

from PIL import Image, ImageFont

from robo_ddpg.rendering.renderer import Frame

Colour = tuple[int, int, int]

TEXT: Colour = (235, 238, 242)
FAINT: Colour = (168, 176, 186)
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


@functools.cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The letters, of a size in pixels."""
    import matplotlib

    file = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
