"""Tasks by name."""

from collections.abc import Iterator
from typing import Any

import pytest

import tasks
from tasks import registry


@pytest.fixture(autouse=True)
def _registry_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_factories", dict(registry._factories))
    yield


def test_a_taken_name_cannot_be_registered_again() -> None:
    with pytest.raises(ValueError, match="'reach' is already registered"):
        tasks.register("reach", tasks.Reach)


def test_a_registered_task_is_listed_and_made_with_its_settings() -> None:
    def short_reach(**settings: Any) -> tasks.Task:
        return tasks.Reach(**{"episode_s": 1.0, **settings})

    tasks.register("reach-short", short_reach)
    assert "reach-short" in tasks.names()
    assert tasks.make("reach-short").episode_steps == 20
    assert tasks.make("reach-short", episode_s=2.0).episode_steps == 40


def test_each_call_makes_a_task_of_its_own() -> None:
    assert tasks.make("reach") is not tasks.make("reach")


def test_names_are_sorted() -> None:
    assert tasks.names() == sorted(tasks.names())


@pytest.mark.parametrize(("given", "meant"), [("reech", "reach"), ("Reach", "reach")])
def test_an_unknown_name_is_answered_with_the_nearest(given: str, meant: str) -> None:
    with pytest.raises(tasks.UnknownTaskError, match=f"did you mean '{meant}'"):
        tasks.make(given)


def test_a_name_like_no_other_is_answered_with_all_there_are() -> None:
    with pytest.raises(tasks.UnknownTaskError) as caught:
        tasks.make("xyzzy")
    assert "did you mean" not in str(caught.value)
    assert ", ".join(tasks.names()) in str(caught.value)


def test_every_task_has_a_summary_of_one_line(task_name: str) -> None:
    summary = tasks.summary(task_name)
    assert summary.endswith(".")
    assert len(summary) < 90
