"""Errors a user can cause or meet; each message fits on one line and says what to do next."""


class RoboDDPGError(Exception):
    """Anything this package reports in one line instead of a traceback."""


def in_one_line(error: BaseException) -> str:
    """What an error and the notes on it say."""
    texts = (str(error), *getattr(error, "__notes__", ()))
    return "; ".join(" ".join(text.split()) for text in texts)


class UnreadableFile(RoboDDPGError, ValueError):  # noqa: N818 - the file is at fault
    """A file is damaged, of another kind, or larger than it may be; the message does not name it.

    What reads files of a kind raises that kind's error in its place.
    """


class UnknownEnvironmentError(RoboDDPGError, ValueError):
    """No task has the given name."""


class EntryPointError(RoboDDPGError, ImportError):
    """A name of the form module:Class leads to nothing."""


class SettingsError(RoboDDPGError, ValueError):
    """A setting has a value that cannot work."""


class ControllerError(RoboDDPGError, ValueError):
    """A controller file is damaged, truncated, or does not fit what it is used with."""


class OutputDirectoryError(RoboDDPGError, OSError):
    """An output directory cannot be written, or holds results that would be overwritten."""


class RenderingError(RoboDDPGError, RuntimeError):
    """No image can be rendered: no working OpenGL, or an unknown camera."""


class RecordingError(RoboDDPGError, ValueError):
    """A recording is damaged, foreign, or was made with another model."""


class DemonstrationError(RoboDDPGError, ValueError):
    """A demonstration is damaged, or does not fit what is to be learned from it."""


class VideoError(RoboDDPGError, ValueError):
    """A video cannot be written, or would show nothing."""


class DeploymentError(RoboDDPGError, RuntimeError):
    """A robot is in a state from which its policy may not be started."""


class EnvironmentFailure(RoboDDPGError, RuntimeError):  # noqa: N818 - EnvironmentError is Python's
    """An environment raised an exception, hangs, died, or returned what it must not.

    An exception that it raised is the cause; its traceback is shown after the line.
    """


class EnvironmentHang(EnvironmentFailure):
    """A step or a reset of an environment takes longer than it may."""


class EvaluationStopped(RoboDDPGError, RuntimeError):  # noqa: N818 - somebody wanted it to
    """An evaluation was stopped before its episodes had ended."""


class DivergenceError(RoboDDPGError, ArithmeticError):
    """Learning produced a number that is not finite."""
