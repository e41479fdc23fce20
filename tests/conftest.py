"""Shared by all tests: headless OpenGL is chosen before MuJoCo is first imported."""

import os

import pytest

import robo_ddpg  # noqa: F401 - chooses the OpenGL backend
import tasks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `task_name` for every registered task."""
    if "task_name" in metafunc.fixturenames:
        metafunc.parametrize("task_name", tasks.names())


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Tests run side by side: more torch threads would only wait for each other."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
