"""Headless OpenGL: choose a backend before MuJoCo is imported, prove it before the first image.

MuJoCo reads the environment variable `MUJOCO_GL` once, when it is first imported, and on Linux
takes GLFW (which needs a display) where it is unset. Asked for EGL or OSMesa without the library,
`import mujoco` itself fails. So this module keeps the import safe and reports at rendering time.

Only the standard library is imported here: the file also runs by itself as the probe of a backend,
`MUJOCO_GL=egl python -P gl.py`, without importing the package around it.
"""

import ctypes
import functools
import os
import subprocess
import sys
import warnings
from typing import Any, Final

BACKENDS: Final = ("egl", "osmesa", "glfw")
"""What can be tried on Linux, the best for a machine without a display first."""

_OTHERS: Final = (
    *("", "glx", "on", "1", "true", "enable", "enabled"),
    *("off", "0", "false", "disable", "disabled"),
)
"""Other values of `MUJOCO_GL` that MuJoCo knows."""
_LIBRARIES: Final = {"egl": "libEGL.so", "osmesa": "libOSMesa.so"}
_PACKAGES: Final = {"egl": "libegl1 libgl1 libgl1-mesa-dri", "osmesa": "libosmesa6 libgl1"}
_SOFTWARE_RENDERERS: Final = ("llvmpipe", "softpipe", "swrast", "software")
_SCENE: Final = """
<mujoco>
  <worldbody>
    <light name="lamp" pos="0 0 3"/>
    <geom name="box" type="box" size="1 1 .1"/>
  </worldbody>
</mujoco>
"""

_unmet_request: str | None = None
_forked = False


def configure() -> None:
    """Set `MUJOCO_GL` so that MuJoCo can be imported, and if possible render, on this machine.

    Call it before MuJoCo is imported. A backend the user asked for is kept unless there is none of
    that name, or its library is missing: then MuJoCo would not even import, so the request is put
    aside and reported by `ensure` when an image is wanted.
    """
    global _unmet_request
    if not _on_linux() or "mujoco" in sys.modules:
        return
    requested = os.environ.get("MUJOCO_GL", "").lower().strip()
    unknown = requested not in (*BACKENDS, *_OTHERS)
    if unknown or (requested in _LIBRARIES and not _library_loads(requested)):
        _unmet_request = requested
        os.environ["MUJOCO_GL"] = "glfw"
    elif not requested and not _has_display():
        usable = [name for name in _LIBRARIES if _library_loads(name)]
        if usable:
            wanted = os.environ.get("PYOPENGL_PLATFORM", "")
            os.environ["MUJOCO_GL"] = wanted if wanted in usable else usable[0]
    _drop_contradiction(os.environ.get("MUJOCO_GL", ""))


def _drop_contradiction(backend: str) -> None:
    """Unset `PYOPENGL_PLATFORM` where it names another backend: MuJoCo would not import."""
    if backend in _LIBRARIES and os.environ.get("PYOPENGL_PLATFORM", backend) != backend:
        del os.environ["PYOPENGL_PLATFORM"]


def ensure() -> None:
    """Verify once per process that images can be rendered; try the other backends where not.

    Raises:
        RenderingError: if none can be used here, with the package to install or variable to set.
    """
    describe()


def describe() -> dict[str, Any]:
    """Return what renders here: `backend`, `vendor`, `renderer`, and whether in `software`.

    Raises:
        RenderingError: if nothing does.
    """
    check_not_forked()
    found = _verified()
    if isinstance(found, str):
        raise _error(found)
    return dict(found)


def forked() -> bool:
    """Whether this process was forked from one that had rendered.

    A driver's threads, such as those of Mesa's software renderer, are not in it: whatever waits for
    them waits for ever.
    """
    return _forked


def check_not_forked() -> None:
    """Refuse to wait for ever.

    Raises:
        RenderingError: if this process was forked from one that had rendered.
    """
    if _forked:
        raise _error(
            "This process was forked from one that had rendered, where OpenGL would hang. Start it "
            "afresh, by multiprocessing.get_context('spawn') or AsyncVectorEnv(context='spawn')."
        )


def check_backend(name: str) -> str | None:
    """Render one frame with a backend in a process of its own.

    Args:
        name: one of `BACKENDS`.

    Returns:
        None if the frame was good, else the reason it was not.
    """
    if name in _LIBRARIES and not _library_loads(name):
        return f"{_LIBRARIES[name]} is not installed"
    if name == "glfw" and _on_linux() and not _has_display():
        return "GLFW needs a display, and DISPLAY is not set"
    environment = {**os.environ, "MUJOCO_GL": name}
    environment.pop("PYOPENGL_PLATFORM", None)
    try:
        child = subprocess.run(
            [sys.executable, "-P", __file__],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return "no frame within 60 s"
    if child.returncode == 0:
        return None
    lines = child.stderr.strip().splitlines()
    return lines[-1] if lines else f"the process ended with code {child.returncode}"


def probe() -> dict[str, Any]:
    """Render one small frame with the current backend.

    Returns:
        As `describe`.

    Raises:
        Exception: whatever the backend raises; `RuntimeError` if the frame is empty.
    """
    import mujoco

    model = mujoco.MjModel.from_xml_string(_SCENE)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GLFW warns once per missing display
        renderer = mujoco.Renderer(model, 64, 64)
    try:
        renderer.update_scene(data)
        frame = renderer.render()
        if frame.min() == frame.max():
            raise RuntimeError("the frame came out in a single colour")
        return {"backend": _active_backend(), **_driver()}
    finally:
        renderer.close()


def _note_fork() -> None:
    global _forked
    _forked |= _verified.cache_info().currsize > 0


def _error(text: str) -> Exception:
    # Imported late: the probe runs this file without the package.
    from robo_ddpg.errors import RenderingError

    return RenderingError(text)


@functools.cache
def _verified() -> dict[str, Any] | str:
    """Return the working driver, or in one line what is wrong and what to do.

    MuJoCo aborts the process when it makes a rendering context a second time after a failure, and
    GLFW fails that late. So GLFW is tried in another process first, and a failure is remembered.
    """
    if _unmet_request is not None and _unmet_request not in _LIBRARIES:
        known = ", ".join(BACKENDS)
        return f"MUJOCO_GL={_unmet_request} is unknown; available: {known}. {_advice('')}"
    if _unmet_request is not None:
        missing = _LIBRARIES[_unmet_request]
        return f"MUJOCO_GL={_unmet_request}: {missing} is not installed. {_advice(_unmet_request)}"
    backend = _active_backend()
    if backend == "disabled":
        return f"MUJOCO_GL={os.environ.get('MUJOCO_GL')} turns rendering off. Unset it."
    reason = check_backend("glfw") if backend == "glfw" and _on_linux() else None
    if reason is not None and not os.environ.get("MUJOCO_GL"):
        working = next((name for name in _LIBRARIES if check_backend(name) is None), None)
        if working is not None:
            _switch(working)
            reason = None
    if reason is None:
        try:
            return probe()
        except Exception as error:
            reason = _last_line(error)
    return f"OpenGL does not render here: {backend}: {reason}. {_advice(backend)}"


def _switch(name: str) -> None:
    """Give MuJoCo, already imported, the context class of another backend.

    `mujoco.Renderer` looks the class up in its module whenever it is created.
    """
    from importlib import import_module

    from mujoco.rendering.classic import gl_context

    _drop_contradiction(name)
    gl_context.GLContext = import_module(f"mujoco.{name}").GLContext
    os.environ["MUJOCO_GL"] = name


def _advice(failed: str) -> str:
    if not _on_linux():
        return "Unset MUJOCO_GL and check that the machine has OpenGL."
    for name in BACKENDS:
        if name != failed and check_backend(name) is None:
            return f"Set MUJOCO_GL={name} instead: it works here."
    wanted = failed if failed in _PACKAGES else "egl"
    return f"Run `apt-get install {_PACKAGES[wanted]}` as root, then set MUJOCO_GL={wanted}."


def _active_backend() -> str:
    """Return the backend of the context class MuJoCo has now, such as `egl`."""
    from mujoco.rendering.classic import gl_context

    context = getattr(gl_context, "GLContext", None)
    if context is None:
        return "disabled"
    return str(context.__module__.rpartition(".")[2])


def _driver() -> dict[str, Any]:
    """Ask the current OpenGL context who it is."""
    from OpenGL import GL

    vendor, renderer = (
        (GL.glGetString(key) or b"unknown").decode() for key in (GL.GL_VENDOR, GL.GL_RENDERER)
    )
    software = any(word in renderer.lower() for word in _SOFTWARE_RENDERERS)
    return {"vendor": vendor, "renderer": renderer, "software": software}


def _library_loads(backend: str) -> bool:
    """Try the names PyOpenGL tries: the plain one and single-digit versions."""
    name = _LIBRARIES[backend]
    for candidate in (f"{name}.1", f"{name}.8", name, *(f"{name}.{i}" for i in range(10))):
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


def _on_linux() -> bool:
    return sys.platform.startswith("linux")


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


os.register_at_fork(after_in_child=_note_fork)

if __name__ == "__main__":
    configure()
    found = probe()
    sys.stdout.write(f"{found['backend']}: {found['renderer']}\n")
