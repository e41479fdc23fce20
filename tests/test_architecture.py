"""Imports point one way, and folders stay small enough to be looked through."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FLOORS = (
    {"tasks", "errors", "misfits", "process"},
    {
        "flattening",
        "files",
        "hub",
        "reading",
        "model_fields",
        "rendering",
        "seeds",
        "shown",
        "agent",
    },
    {"control", "controller", "runs"},
    {"envs"},
    {"deploy", "evaluation", "export", "scaffold"},
    {"recording", "training"},
    {"many"},
    {"adopt", "api", "viewer", "golden", "testing"},
    {"cli"},
)
"""Rooms from the ground up: a room imports what is on lower floors, or in itself."""
ON_ONE_FLOOR = {("control", "controller"), ("training", "recording")}
"""Neighbours that may be asked: none of them asks back."""
MOST_MODULES = 14

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
SOURCES = sorted(path for name in ("robo_ddpg", "tasks") for path in (ROOT / name).rglob("*.py"))


def room_of(module: str) -> str:
    """The folder below `robo_ddpg`, a module at its root, or `tasks`."""
    first, *rest = module.split(".")
    return rest[0] if first == "robo_ddpg" and rest else first


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """Every module of ours that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in ("robo_ddpg", "tasks"))


def arrows() -> list[tuple[str, str, str]]:
    """(room, room it imports from, file), the root's public names aside."""
    found = []
    for path in SOURCES:
        module = module_of(path)
        if module in ("robo_ddpg", "robo_ddpg.__main__"):
            continue
        found += [(room_of(module), room_of(name), module) for name in imported(path)]
    return found


def test_imports_never_point_up() -> None:
    wrong = [
        f"{module} imports from {target}"
        for room, target, module in arrows()
        if room != target
        and FLOOR_OF[room] <= FLOOR_OF[target]
        and (room, target) not in ON_ONE_FLOOR
    ]
    assert wrong == []


def test_tasks_import_nothing_but_physics_and_arrays() -> None:
    for path in (ROOT / "tasks").rglob("*.py"):
        text = path.read_text()
        for foreign in ("robo_ddpg", "torch", "gymnasium"):
            assert f"import {foreign}" not in text, path
            assert f"from {foreign}" not in text, path


def test_the_engine_knows_no_robot_by_name() -> None:
    engine = [path for path in SOURCES if "/envs/" in str(path) or "/training/" in str(path)]
    for path in engine:
        for name in imported(path):
            assert not name.startswith(("tasks.arm", "tasks.legged")), path
            assert not name.startswith(("robo_ddpg.control.arm", "robo_ddpg.control.legged")), path


@pytest.mark.parametrize("package", ["robo_ddpg", "tasks"])
def test_no_folder_holds_more_modules_than_one_can_look_through(package: str) -> None:
    folders = [ROOT / package, *(path for path in (ROOT / package).rglob("*") if path.is_dir())]
    for folder in folders:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder


def test_packages_below_the_root_are_empty() -> None:
    for path in SOURCES:
        if path.name == "__init__.py" and path.parent.parent != ROOT:
            assert path.read_text() == "", path
