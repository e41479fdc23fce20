"""Shared by all tests: headless OpenGL is chosen before MuJoCo is first imported."""

import os
from collections.abc import Generator
from typing import Any

import hypothesis
import pytest

import robo_ddpg  # noqa: F401 - chooses the OpenGL backend
import tasks
from tests.browser import MISSING

hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `task_name` for every registered task."""
    if "task_name" in metafunc.fixturenames:
        metafunc.parametrize("task_name", tasks.names())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """Say at the end which package would have run the tests that need a browser."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(MISSING in str(report.longrepr) for report in skipped)
    if count:
        were, them = ("test was", "it") if count == 1 else ("tests were", "them")
        terminalreporter.write_line(
            f"{count} browser {were} skipped: "
            f"install chromium (sudo apt-get install chromium) to run {them}"
        )


@pytest.fixture
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments of others are stepped in turn, without a trial of what is faster."""
    from robo_ddpg.envs.foreign import make, stepping

    monkeypatch.setattr(make, "fastest", lambda *_: stepping.Trial("in turn", {}))


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Tests run side by side: more torch threads would only wait for each other."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
