"""The three ways of training, and what each refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller

TINY = (
    *("--steps", "400", "--simulations", "8", "--evaluate-every", "400", "--quiet"),
    *("--environment.episode-s", "0.5"),
)
Refusal = Callable[..., str]


def settings_in(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "config.json").read_text())["settings"])


def weights(run: Path) -> dict[str, Any]:
    return {name: value.tolist() for name, value in Controller.find(run).tensors.items()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run that learns, with settings unlike the defaults."""
    run = tmp_path_factory.mktemp("trained") / "run"
    learning = ("--agent.warmup-transitions", "64", "--agent.batch-size", "16", "--no-stop-early")
    words = ("--preset", "td3", "--seed", "7", "--minutes", "5", "--profile", *learning)
    assert (
        main(["train", "--out", str(run), "--environment.no-safety", "reach", *words, *TINY]) == 0
    )
    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "name a task"),
        ("--seed 1", "name a task"),
        ("reech", "did you mean 'reach'"),
        ("--environment.no-safety reech", "did you mean 'reach'"),
        ("Pendulum-v11", "Pendulum-v1"),
        ("CartPole-v1", "Discrete"),
        ("reach extra", "unexpected word 'extra'"),
        ("reach.py:Task", "expected module:Class"),
        ("no_such_module:Task", "no module 'no_such_module'"),
        ("reach --steps 0", "steps must be positive, got 0"),
        ("reach --steps -5", "steps must be positive, got -5"),
        ("reach --steps many", "--steps: expected INT, got many"),
        ("reach --steps", "--steps: expected INT, got nothing"),
        ("reach --minutes -1", "minutes must be positive"),
        ("reach --minutes nan", "minutes must be positive"),
        ("reach --simulations 0", "simulations must be positive"),
        ("reach --evaluate-every 0", "evaluate_every must be positive"),
        ("reach --seed -1", "seed must not be negative"),
        ("reach --preset td4", "unknown preset 'td4'; available: default, td3, ddpg-2015"),
        ("reach --preset=td4", "unknown preset 'td4'"),
        ("reach --device tpu", "--device: expected {cpu,cuda}, got tpu"),
        ("reach --stepz 5", "did you mean --steps?"),
        ("--stepz 5 reach", "did you mean --steps?"),
        ("reach --agent.discont 0.5", "did you mean --agent.discount?"),
        ("reach --discount 0.5", "did you mean --agent.discount?"),
        ("reach --tolerance-m 0.5", "did you mean --environment.tolerance-m?"),
        ("reach --agent.discount 2", "discount=2.0: expected within [0, 1]"),
        ("reach --agent.noise pink", "gaussian"),
        ("reach --device cuda", "use --agent.backend autograd"),
        ("reach --agent.hidden-sizes 0", "hidden_sizes"),
        ("reach --environment.episode-s -1", "episode_s must be positive"),
        ("reach --environment.timestep-s 0.03", "timestep_s must divide"),
        ("reach --environment.goal-low-m 1 1 1", "goal_low_m"),
        ("Pendulum-v1 --environment.episode-s 1", "cannot have these arguments"),
        ("reach --seeds 1 2 --profile", "--profile goes with a single run"),
        ("--resume nowhere", "nowhere is not a run to resume"),
        ("--resume", "--resume: expected DIR, got nothing"),
        ("--config nowhere.json", "nowhere.json does not give the settings of a run: No such"),
        ("--config .", ". does not give the settings of a run: Is a directory"),
        ("--config", "--config: expected FILE, got nothing"),
        ("--config nowhere.json --preset td3", "both --config and --preset"),
    ],
)
def test_wrong_input_is_refused_and_leaves_nothing_behind(
    refusal: Refusal, words: str, said: str
) -> None:
    assert said in refusal("train", *words.split())
    assert not list(Path().iterdir())


def test_options_reach_the_run(trained: Path) -> None:
    settings = settings_in(trained)
    assert settings["task"] == "reach"
    assert (settings["seed"], settings["minutes"], settings["mastered_times"]) == (7, 5.0, 0)
    assert settings["device"] == "cpu"
    assert settings["agent"]["hidden_sizes"] == [400, 300]
    assert settings["agent"]["batch_size"] == 16
    assert settings["environment"]["episode_s"] == 0.5
    assert settings["environment"]["safety"] is False


def test_a_profile_says_what_learner_and_physics_did(trained: Path) -> None:
    lines = (trained / "profile.txt").read_text().splitlines()
    assert lines[0].split("  ")[0] == "thread"
    for part in ("critics", "actor", "sampling", "acting", "waiting for steps", "evaluating"):
        assert any(line.startswith(f"learner  {part}  ") for line in lines), part
    assert any(line.startswith("physics  steps  ") for line in lines)


def test_options_without_a_value_may_stand_before_the_task_which_may_be_our_gymnasium_id(
    here: Path,
) -> None:
    flags = ("--environment.no-safety", "--agent.no-critic-layer-norm")
    assert main(["train", *flags, "robo_ddpg/Reach-v0", *TINY]) == 0
    settings = settings_in(here / "runs/reach/seed-0")
    assert settings["task"] == "reach"
    assert settings["environment"]["safety"] is False
    assert settings["agent"]["critic_layer_norm"] is False


@pytest.mark.slow
def test_a_run_is_repeated_from_its_own_config(trained: Path, here: Path) -> None:
    assert main(["train", "--config", str(trained / "config.json"), "--out", "a", "--quiet"]) == 0
    assert settings_in(here / "a") == settings_in(trained)
    assert weights(here / "a") == weights(trained)


@pytest.mark.slow
def test_an_option_overrides_a_config(trained: Path, here: Path) -> None:
    config = ("--config", str(trained / "config.json"), "--quiet")
    changed = ("--seed", "8", "--environment.hold-s", "0.1", "--stop-early")
    assert main(["train", *config, "robo_ddpg/Reach-v0", *changed]) == 0
    before, after = settings_in(trained), settings_in(here / "runs/reach/seed-8")
    assert after["seed"] == 8
    assert after["mastered_times"] == 5
    assert after["environment"] == before["environment"] | {"hold_s": 0.1}
    same = before.keys() - {"seed", "mastered_times", "environment"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    first = "actor.0.weight"
    assert not np.array_equal(
        Controller.find("runs/reach/seed-8").tensors[first], Controller.find(trained).tensors[first]
    )


def test_a_config_is_for_its_own_task(trained: Path, refusal: Refusal) -> None:
    config = str(trained / "config.json")
    assert "is a run of reach, not of grasp" in refusal("train", "grasp", "--config", config)


def damaged(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda config: {"settings": config["settings"] | changes}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda config: [], "does not give the settings of a run"),
        (lambda config: {"name": "package"}, "'settings' is missing"),
        (lambda config: {"settings": {"task": "reach"}}, "'agent' is missing"),
        (damaged(agent={"discunt": 0.9}), "discunt"),
        (damaged(agent={"discount": "0.9"}), "discount cannot be '0.9'"),
        (damaged(agent={"discount": 2.0}), "discount=2.0: expected within [0, 1]"),
        (damaged(agent={"critic_layer_norm": "no"}), "critic_layer_norm cannot be 'no'"),
        (damaged(agent={"reward_bounds": 1.0}), "reward_bounds cannot be 1.0"),
        (damaged(colour="red"), "colour"),
        (damaged(seed=1.5), "seed cannot be 1.5"),
        (damaged(steps="many"), "steps cannot be 'many'"),
        (damaged(steps=0), "steps must be positive, got 0"),
        (damaged(minutes="5"), "minutes cannot be '5'"),
        (damaged(task=5), "task cannot be 5"),
        (damaged(task="reech"), "did you mean 'reach'"),
        (damaged(environment=[]), "environment cannot be []"),
        (damaged(environment={"colour": "red"}), "colour"),
        (damaged(environment={"episode_s": -1.0}), "episode_s must be positive"),
        (damaged(device="tpu"), "tpu"),
    ],
)
def test_a_damaged_or_foreign_config_is_refused(
    damage: Callable[[dict[str, Any]], Any],
    said: str,
    trained: Path,
    here: Path,
    refusal: Refusal,
) -> None:
    config = json.loads((trained / "config.json").read_text())
    (here / "config.json").write_text(json.dumps(damage(config)))
    assert said in refusal("train", "--config", "config.json", "--quiet")
    assert [path.name for path in here.iterdir()] == ["config.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"null"])
def test_what_is_no_json_object_is_refused(content: bytes, here: Path, refusal: Refusal) -> None:
    (here / "config.json").write_bytes(content)
    assert "config.json does not give the settings" in refusal("train", "--config", "config.json")


@pytest.mark.slow
def test_an_output_directory_in_use_needs_resume_or_force(refusal: Refusal, here: Path) -> None:
    assert main(["train", "reach", "--out", "run", *TINY]) == 0
    before = (here / "run/metrics.csv").read_bytes()
    said = refusal("train", "reach", "--out", "run", *TINY)
    assert "--force" in said
    assert "--resume" in said
    assert "--force" in refusal("train", "--config", "run/config.json", "--out", "run")
    assert (here / "run/metrics.csv").read_bytes() == before
    assert "is a run of reach, not of grasp" in refusal("train", "grasp", "--resume", "run")
    assert "more than the 400" in refusal("train", "--resume", "run", "--steps", "0")
    assert main(["train", "reach", "--resume", "run", "--steps", "600", "--quiet"]) == 0
    assert main(["train", "--config", "run/config.json", "--out", "run", "--force", "--quiet"]) == 0


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("--seed 3", "--seed"),
        ("--agent.discount 0.5", "--agent.discount"),
        ("--environment.hold-s 0.1", "--environment.hold-s"),
        ("--preset td3", "--preset"),
        ("--device cuda", "--device"),
        ("--out elsewhere", "--out"),
        ("--force", "--force"),
        ("--config config.json", "--config"),
    ],
)
def test_a_run_that_goes_on_keeps_its_settings(
    words: str, option: str, trained: Path, refusal: Refusal
) -> None:
    said = refusal("train", "--resume", str(trained), *words.split())
    assert f"leave out {option}\n" in said


def test_a_file_in_place_of_a_directory_is_refused(refusal: Refusal, here: Path) -> None:
    (here / "notes.txt").write_text("x")
    (here / "thesis").mkdir()
    (here / "thesis" / "chapter.tex").write_text("x")
    assert "is a file" in refusal("train", "reach", "--out", "notes.txt")
    assert "is not empty" in refusal("train", "reach", "--out", "thesis")
    said = refusal("train", "reach", "--out", "thesis", "--force")
    assert "--force does not delete it" in said
    assert (here / "thesis" / "chapter.tex").exists()


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["train", *words]) == 0
    return capsys.readouterr().out


def test_the_help_is_a_page_that_tells_the_three_ways(capsys: pytest.CaptureFixture[str]) -> None:
    shown = help_of(capsys, "--help")
    for way in ("train TASK ", "train --config FILE ", "train --resume DIR ", "train TASK --help"):
        assert f"robo-ddpg {way}" in shown
    for option in ("--out", "--seed", "--steps", "--minutes", "--preset", "--force", "--resume"):
        assert f"{option} " in shown or f"{option}\n" in shown
    assert "--agent" not in shown and "--environment." not in shown.split("options")[1]
    assert shown.startswith("usage: robo-ddpg train [-h] [OPTIONS] TASK\n")
    assert len(shown.splitlines()) <= 60
    assert max(map(len, shown.splitlines())) <= 80


def test_the_help_of_a_task_leaves_out_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    shown = help_of(capsys, "reach", "--steps", "5", "--help")
    options = ("--steps INT", "--agent.discount", "--device", "--environment.tolerance-m", "TASK ")
    assert all(option in shown for option in options)
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("words", [("reach", "--help"), ("--help", "reach")])
def test_the_help_of_a_task_has_its_own_settings_and_defaults(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = help_of(capsys, *words)
    assert shown.startswith("usage: robo-ddpg train [-h] [OPTIONS] TASK\n")
    assert "--environment.tolerance-m" in shown
    assert "--environment.episode-s" in shown
    assert "(default: 100000)" in shown


def test_the_help_has_the_defaults_of_the_preset(capsys: pytest.CaptureFixture[str]) -> None:
    assert "400 300)" in help_of(capsys, "reach", "--preset", "td3", "--help")


def test_the_help_has_the_defaults_of_the_config(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = help_of(capsys, "--config", str(trained / "config.json"), "--help")
    assert "(default: 7)" in shown
    assert "400 300)" in shown


def test_a_module_that_a_config_names_is_imported_only_if_the_user_names_it(
    trained: Path, here: Path, refusal: Refusal
) -> None:
    (here / "evil_train.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    config = json.loads((trained / "config.json").read_text())
    config["settings"]["task"] = "evil_train:Task"
    (here / "config.json").write_text(json.dumps(config))
    assert "names the module evil_train" in refusal("train", "--config", "config.json")
    assert not (here / "ran").exists()
    named = refusal("train", "evil_train:Task", "--config", "config.json")
    assert "nothing of that name" in named
    assert (here / "ran").exists()


def test_an_interpreter_that_a_config_names_is_used_only_if_the_user_names_it(
    trained: Path, here: Path, refusal: Refusal
) -> None:
    config = json.loads((trained / "config.json").read_text())
    config["settings"] |= {"task": "Pendulum-v1", "python": "evil/python"}
    (here / "config.json").write_text(json.dumps(config))
    assert "name it yourself with --python" in refusal("train", "--config", "config.json")


@pytest.mark.parametrize("text", ["null", "[" * 10_000, '{"settings": NaN}'])
def test_a_config_that_is_none_is_refused(text: str, here: Path, refusal: Refusal) -> None:
    (here / "config.json").write_text(text)
    assert "config.json does not give the settings" in refusal("train", "--config", "config.json")


def test_a_config_with_layers_of_a_million_is_refused(
    trained: Path, here: Path, refusal: Refusal
) -> None:
    config = json.loads((trained / "config.json").read_text())
    config["settings"]["agent"]["hidden_sizes"] = [10**6, 10**6]
    (here / "config.json").write_text(json.dumps(config))
    assert "at most 100000000 weights" in refusal("train", "--config", "config.json")
