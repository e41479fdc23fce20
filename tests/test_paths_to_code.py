"""Every place where something that was read could become code is known, and listed here."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for name in ("robo_ddpg", "tasks") for path in (ROOT / name).rglob("*.py"))

MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "yaml",
    "code",
}
CALLS = re.compile(
    r"(^|\.)(eval|exec|compile|__import__|import_module|load_module|run_module|run_path"
    r"|Popen|system|popen|check_call|check_output)$|^subprocess\."
    r"|^(torch|np|numpy)\.load$|(^|\.)(load|find_class|Unpickler|exec_module|memmap|fromfile)$"
)
ALLOWED = {
    ("robo_ddpg/__init__.py", "import_module"): "the package's own public names",
    ("robo_ddpg/__init__.py", "spec.loader.exec_module"): "the package `tasks` beside it",
    ("robo_ddpg/cli/app.py", "importlib.import_module"): "the package's own commands",
    ("robo_ddpg/rendering/gl.py", "import_module"): "names of OpenGL's platforms, written there",
    ("robo_ddpg/rendering/gl.py", "subprocess.run"): "this interpreter tries OpenGL",
    ("tasks/__init__.py", "import_module"): "the package's own public names",
    ("tasks/registry.py", "importlib.import_module"): "what `register` was called with",
    ("robo_ddpg/control/entry_points.py", "importlib.import_module"): "a name of the user's",
    ("robo_ddpg/control/entry_points.py", "load_module"): "the same",
    ("robo_ddpg/envs/names.py", "load_module"): "a name of the user's: see check_familiar",
    ("robo_ddpg/envs/registration.py", "load"): "a name of the user's: see check_familiar",
    ("robo_ddpg/envs/simulation.py", "load"): "the drive that a task's class names",
    ("robo_ddpg/recording/demonstrate.py", "load"): "the demonstrator that a task's class names",
    ("robo_ddpg/envs/foreign/make.py", "importlib.import_module"): "a name that was resolved",
    ("robo_ddpg/envs/foreign/worker.py", "importlib.import_module"): "the same, in a process",
    ("robo_ddpg/envs/foreign/worker.py", "np.memmap"): "arrays shared with that process",
    ("robo_ddpg/envs/foreign/hands.py", "subprocess.Popen"): "the user's --python",
    ("robo_ddpg/training/checkpoints/store.py", "load"): "tensors of a checkpoint",
    ("robo_ddpg/training/checkpoints/steps.py", "load"): "the same",
    ("robo_ddpg/training/trainer.py", "self.checkpoints.load"): "a checkpoint",
    (
        "robo_ddpg/process/origin.py",
        "subprocess.run",
    ): "git says which commit this is; no hook, no filter",
    ("robo_ddpg/controller.py", "cls.load"): "Controller.load",
    ("robo_ddpg/training/demonstrations/files.py", "Recording.load"): "a recording",
    ("robo_ddpg/cli/many/push.py", "Controller.load"): "a controller",
    ("robo_ddpg/many/seeds/side_by_side.py", "subprocess.Popen"): "this interpreter trains",
    ("robo_ddpg/many/seeds/worker.py", "json.load"): "JSON, from the process that began it",
    ("robo_ddpg/cli/replay.py", "Recording.load"): "a recording",
    ("robo_ddpg/cli/replay.py", "FaultDump.load"): "the same of a fault",
    ("robo_ddpg/adopt/trial.py", "load"): "the demonstrator that reach names",
    ("robo_ddpg/adopt/pictures.py", "spec.compile"): "MuJoCo compiles a scene",
    ("robo_ddpg/adopt/gripper/alone.py", "spec.compile"): "the same of a gripper",
    ("robo_ddpg/adopt/legs/find.py", "spec.compile"): "the same of a robot on legs",
    ("tasks/arm/described/mounting.py", "spec.compile"): "the same",
    ("tasks/legged/described/mounting.py", "spec.compile"): "the same",
    ("tasks/described/loading.py", "spec.compile"): "the same",
}
"""(File, call) -> why nothing in a file of a stranger can lead there."""


@functools.cache
def calls_and_imports(path: Path) -> list[ast.AST]:
    kinds = (ast.Call, ast.Import, ast.ImportFrom)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def found() -> Iterator[tuple[str, str, ast.AST]]:
    """Each path to code: file, what is called or imported, and where."""
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        for node in calls_and_imports(path):
            if isinstance(node, ast.Call) and CALLS.search(called := ast.unparse(node.func)):
                if called != "re.compile" and not called.endswith(".build().compile"):
                    yield name, called, node
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
                yield from ((name, word, node) for word in names if word.split(".")[0] in MODULES)


def test_every_path_to_code_is_known() -> None:
    unknown = [(name, what) for name, what, _ in found() if (name, what) not in ALLOWED]
    assert unknown == []


def test_every_known_path_is_there() -> None:
    assert {*ALLOWED} <= {(name, what) for name, what, _ in found()}


def test_no_array_is_loaded_with_pickle() -> None:
    for name, what, node in found():
        assert "allow_pickle=True" not in ast.unparse(node), (name, what)


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "torch.load(x)",
        "np.load(x)",
        "eval(x)",
        "exec(x)",
        "from dill import loads",
    ],
)
def test_the_search_finds(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module.py").write_text(line)
    monkeypatch.setattr("tests.test_paths_to_code.SOURCES", [tmp_path / "module.py"])
    monkeypatch.setattr("tests.test_paths_to_code.ROOT", tmp_path)
    assert len(list(found())) == 1
