"""OpenGL is found without help, and its absence is explained in one line.

Every case runs in a process of its own: MuJoCo decides once, when it is imported.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the choice is Linux's")

HIDE = """
import ctypes
class Library(ctypes.CDLL):
    def __init__(self, name, *args, **kwargs):
        if any(hidden in str(name) for hidden in {hidden!r}):
            raise OSError("hidden by the test")
        super().__init__(name, *args, **kwargs)
ctypes.CDLL = Library
ctypes.cdll = ctypes.LibraryLoader(Library)
"""

DESCRIBE = """
from robo_ddpg.rendering import gl
{first}
{second}
try:
    print(gl.describe()["backend"])
except gl_error() as error:
    print("error:", error)
"""


def describe(*, hidden: tuple[str, ...] = (), late: bool = False, **environment: str) -> str:
    """Run `gl.describe` in a fresh process and return what it found or why it failed.

    Args:
        hidden: parts of the names of libraries that cannot be loaded there.
        late: import MuJoCo before `configure` is called.
        environment: variables; those that choose a display or backend are unset otherwise.
    """
    order = ["gl.configure()", "import mujoco"]
    first, second = reversed(order) if late else order
    script = (
        HIDE.format(hidden=hidden)
        + "def gl_error():\n    from robo_ddpg.errors import RenderingError\n"
        + "    return RenderingError\n"
        + ("import mujoco\n" if late else "")
        + DESCRIBE.format(first=first, second=second)
    )
    unset = {"MUJOCO_GL", "PYOPENGL_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    child = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    lines = child.stdout.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


@linux
def test_without_a_display_egl_is_chosen() -> None:
    assert describe() == "egl"


@linux
def test_egl_is_taken_up_even_after_mujoco_was_imported_without_it() -> None:
    assert describe(late=True) == "egl"


@linux
def test_a_display_that_nobody_serves_does_not_stop_rendering() -> None:
    assert describe(DISPLAY=":97") == "egl"


@linux
def test_a_backend_asked_for_without_its_library_is_reported_and_a_working_one_named() -> None:
    answer = describe(hidden=("OSMesa",), MUJOCO_GL="osmesa")
    assert answer.startswith("error: MUJOCO_GL=osmesa: libOSMesa.so is not installed.")
    assert "Set MUJOCO_GL=egl" in answer


@linux
def test_a_backend_that_there_is_not_is_named_when_an_image_is_wanted() -> None:
    answer = describe(MUJOCO_GL="foo")
    assert answer.startswith("error: MUJOCO_GL=foo is unknown; available: egl, osmesa, glfw.")


@linux
@pytest.mark.parametrize("asked", [{}, {"MUJOCO_GL": "egl"}])
def test_a_platform_for_pyopengl_that_is_not_there_is_not_in_the_way(asked: dict[str, str]) -> None:
    assert describe(hidden=("OSMesa",), PYOPENGL_PLATFORM="osmesa", **asked) == "egl"


@linux
def test_without_any_library_the_debian_package_is_named() -> None:
    answer = describe(hidden=("EGL", "OSMesa"))
    assert answer.startswith("error: ")
    assert "Run `apt-get install libegl1 libgl1 libgl1-mesa-dri` as root" in answer


@linux
def test_rendering_that_was_switched_off_says_so() -> None:
    assert (
        describe(MUJOCO_GL="disable") == "error: MUJOCO_GL=disable turns rendering off. Unset it."
    )


def test_an_unusable_backend_has_a_reason_and_a_usable_one_none() -> None:
    from robo_ddpg.rendering import gl

    working = gl.describe()["backend"]
    assert gl.check_backend(working) is None
    assert gl.check_backend("nonsense") is not None


def test_the_driver_is_described() -> None:
    from robo_ddpg.rendering import gl

    found = gl.describe()
    assert set(found) == {"backend", "vendor", "renderer", "software"}
    assert found["renderer"]
    assert isinstance(found["software"], bool)
