"""What is said of installing, in several places, is the same in all of them."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "optional-dependencies"
]
INDEX = "--extra-index-url https://download.pytorch.org/whl/cpu"
PACKAGES = re.search(r"packages=\((.*)\)", (ROOT / "scripts" / "setup_gl.sh").read_text())


def read(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", ["README.md", "docs/getting-started.md", "Dockerfile"])
def test_pip_is_told_where_the_cpu_build_of_pytorch_is(name: str) -> None:
    assert INDEX in read(name) and "[train]" in read(name)


def test_the_container_has_the_opengl_that_set_up_installs() -> None:
    assert PACKAGES and f"--no-install-recommends {PACKAGES[1]} " in read("Dockerfile")


def test_the_container_leaves_out_what_git_ignores_and_is_large() -> None:
    left_out = set(read(".dockerignore").split())
    assert {".venv", "build", "dist", "runs"} <= left_out


def test_the_dev_container_sets_up_as_everybody_does() -> None:
    wanted: dict[str, Any] = json.loads(read(".devcontainer/devcontainer.json"))
    assert wanted["postCreateCommand"].startswith("make setup")
    version = wanted["image"].rpartition(":")[2]
    assert wanted["postCreateCommand"].endswith(f"PYTHON=python{version}")
    assert f"FROM python:{version}-slim" in read("Dockerfile")


@pytest.mark.parametrize("extra", ["train", "demonstrations", "hub", "onnx", "sweeps", "cluster"])
def test_developers_have_what_an_extra_brings(extra: str) -> None:
    names = {Requirement(text).name for text in EXTRAS["dev"]}
    assert {Requirement(text).name for text in EXTRAS[extra]} <= names
