from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def beside_the_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toys are a module in the working directory, as a user's own are."""
    here = Path(__file__).parent
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(here)
