"""Controllers go to the Hub and come back, to a stand-in of it; loading them runs nothing."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.errors import ControllerError
from robo_ddpg.files import write_json
from robo_ddpg.hub import HubName
from robo_ddpg.runs.directory import RunDirectory
from tests.hub_stand_in import Hub, serving
from tests.runs.examples import STATISTICS


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A stand-in, with a token and an empty cache."""
    from huggingface_hub import constants

    with serving() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield hub


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with the controller that ships, an evaluation and a film."""
    run = RunDirectory(tmp_path / "run")
    run.videos.mkdir(parents=True)
    versions = {"mujoco": "4.0.0"}
    write_json({"settings": {"task": "reach", "seed": 3}, "versions": versions}, run.config)
    write_json(STATISTICS.to_json(), run.evaluation)
    (run.videos / "film.mp4").write_bytes(b"film")
    Controller.find("reach").save(run.controller)
    return run.path


def test_a_run_is_pushed_and_found_again_pinned_by_its_hash(
    hub: Hub, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["push", str(run), "me/reach"]) == 0
    (oid, files), *others = hub.commits["me/reach"].items()
    assert not others and {*files} == {
        *("README.md", "controller.safetensors", "config.json", "evaluation.json", "film.mp4"),
    }
    assert f"hf:me/reach@{oid}" in capsys.readouterr().out
    assert {*hub.tokens} == {"Bearer hf_secret"}

    found = Controller.find("hf:me/reach")
    assert found.path == f"hf:me/reach@{oid}" and not found.own
    ours = Controller.find("reach").tensors
    assert all(np.array_equal(found.tensors[name], ours[name]) for name in ours)

    (run / "evaluation.json").unlink()
    assert main(["push", str(run), "me/reach"]) == 0
    newest = list(hub.commits["me/reach"])[-1]
    assert Controller.find("hf:me/reach").path == f"hf:me/reach@{newest}" != found.path
    hub.commits.clear()
    assert Controller.find(f"hf:me/reach@{oid}").path == found.path  # is here, is not asked for


def test_the_card_says_how_well_it_does(hub: Hub, run: Path) -> None:
    assert main(["push", str(run), "me/reach"]) == 0
    card = next(iter(hub.commits["me/reach"].values()))["README.md"].decode()
    head = card.split("---\n")[1].splitlines()
    (index,) = json.loads(next(x for x in head if x.startswith("model-index")).split(":", 1)[1])
    metrics = {each["type"]: each["value"] for each in index["results"][0]["metrics"]}
    assert metrics == {"mean_reward": 4.25, "success_rate": 0.75}
    assert "| success | 75.0 % (95 % interval 30.0 to 95.0) |" in card
    assert 'Controller.find("hf:me/reach")' in card and "film.mp4" in card
    assert "seed 3" in card and "mujoco 4.0.0" in card


def test_what_is_not_there_or_damaged_is_one_line(hub: Hub, run: Path) -> None:
    assert main(["push", str(run), "me/reach"]) == 0
    for name, said in (
        ("hf:me/nothing", "hf:me/nothing: "),
        ("hf:me/reach@" + 40 * "0", "hf:me/reach@0000"),
        ("hf:reach", "expected hf:owner/name"),
        ("hf:me/../../x", "expected hf:owner/name"),
    ):
        with pytest.raises(ControllerError) as error:
            Controller.find(name)
        assert said in str(error.value) and "\n" not in str(error.value)
    newest = hub.commits["me/reach"][next(iter(hub.commits["me/reach"]))]
    newest["controller.safetensors"] = newest["controller.safetensors"][:1000]
    with pytest.raises(ControllerError, match="not a whole controller file"):
        Controller.find("hf:me/reach")


def test_a_module_that_a_fetched_controller_names_is_not_imported(
    hub: Hub, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fetched_evil.py").write_text("raise SystemExit('code was run')")
    controller = Controller.find("reach")
    controller.metadata["task"]["name"] = "fetched_evil:Task"
    controller.save(run / "controller.safetensors")
    assert main(["push", str(run), "me/fetched_evil"]) == 0
    assert main(["evaluate", "hf:me/fetched_evil", "--episodes", "1"]) == 2
    assert "fetched_evil" not in sys.modules


def test_what_cannot_be_pushed_is_refused(
    hub: Hub, run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*words: str) -> str:
        assert main(["push", *words]) == 2
        return capsys.readouterr().err

    assert "is no run" in refused(str(run.parent), "me/reach")
    assert "expected hf:owner/name" in refused(str(run), "reach")
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    assert "without a token: set HF_TOKEN" in refused(str(run), "me/reach")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert "pip install 'robo-ddpg[hub]'" in refused(str(run), "me/reach")
    assert hub.commits == {}


def test_names_of_the_hub_are_read_and_written() -> None:
    assert HubName.parse("hf:me/it@v1") == HubName("me/it", "v1")
    assert str(HubName.parse("me/it")) == "hf:me/it"
