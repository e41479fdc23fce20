"""What is said of robots that cannot be used."""


class RobotError(ValueError):
    """A robot's file or its description cannot be used; the message fits on one line."""
