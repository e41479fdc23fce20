"""Opening the robots of others: MJCF and URDF, with what has to be put right in them."""

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

import mujoco

from tasks.described.error import RobotError

PACKAGE = "package://"
LEAST_MASS_KG, LEAST_INERTIA_KG_M2 = 1e-4, 1e-7
"""What bodies of impossible mass or inertia are given at least."""


@dataclass
class Opened:
    """A robot's file, opened."""

    spec: mujoco.MjSpec
    """What is in it; every element that tasks refer to has a name."""
    model: mujoco.MjModel
    """Compiled by itself."""
    urdf: ElementTree.Element | None = None
    """The text of a URDF, for what MuJoCo does not take over; None for MJCF."""
    repairs: list[str] = field(default_factory=list)
    """What was put right, as sentences."""


def open_robot(path: Path) -> Opened:
    """Open an MJCF, a URDF, or an MJCF in a .mjz archive.

    Raises:
        RobotError: there is no such file, it cannot be parsed, or it cannot be compiled.
    """
    if not os.path.isfile(path):
        raise RobotError(f"there is no robot's file {path!s:.99}")
    urdf = _urdf(path)
    repairs: list[str] = []
    spec = _parsed(path)
    if urdf is not None:
        spec.compiler.fusestatic = False
        repairs += _find_meshes(spec, path)
    repairs += _name_all(spec)
    model = _compiled(spec, path, repairs)
    if model.njnt == 0:
        raise RobotError(
            f"{path} has no joints: name the file of the robot itself, not a part that it includes"
        )
    if urdf is not None:
        repairs += _weighed(model, urdf)
    return Opened(spec, model, urdf, repairs)


def one_line(error: Exception) -> str:
    """What MuJoCo says, without its line breaks."""
    return " ".join(str(error).split())


def _urdf(path: Path) -> ElementTree.Element | None:
    if path.suffix == ".mjz":
        return None
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise RobotError(f"{path} is no XML: {error}") from None
    if root.tag not in ("mujoco", "robot"):
        raise RobotError(
            f"{path} is neither an MJCF nor a URDF: its root is <{root.tag}>, expected <mujoco> or "
            "<robot>" + ("; name the file that includes it" if "include" in root.tag else "")
        )
    return root if root.tag == "robot" else None


def _parsed(path: Path) -> mujoco.MjSpec:
    read = mujoco.MjSpec.from_zip if path.suffix == ".mjz" else mujoco.MjSpec.from_file
    try:
        return read(str(path))
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotError(f"MuJoCo cannot read {path}: {one_line(error)}") from None


def _compiled(spec: mujoco.MjSpec, path: Path, repairs: list[str]) -> mujoco.MjModel:
    try:
        return spec.compile()
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        if not any(word in str(error) for word in ("inertia", "mass")):
            raise RobotError(f"{path} cannot be compiled: {one_line(error)}") from None
        repairs.append(f"impossible masses or inertias were made possible ({one_line(error)})")
    spec.compiler.balanceinertia = True
    spec.compiler.boundmass, spec.compiler.boundinertia = LEAST_MASS_KG, LEAST_INERTIA_KG_M2
    try:
        return spec.compile()
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotError(f"{path} cannot be compiled: {one_line(error)}") from None


def _find_meshes(spec: mujoco.MjSpec, path: Path) -> list[str]:
    """Turn `package://` into paths: nothing but ROS knows where packages are."""
    found = 0
    for mesh in spec.meshes:
        if mesh.file.startswith(PACKAGE):
            mesh.file = str(_in_a_parent(path, mesh.file.removeprefix(PACKAGE)))
            found += 1
    return [f"{found} meshes named by {PACKAGE} were found in folders above the file"] * bool(found)


def _in_a_parent(path: Path, name: str) -> Path:
    """A file of a package: in a folder above, with and without the package's name."""
    _, _, inside = name.partition("/")
    for parent in path.resolve().parents:
        for candidate in (parent / name, parent / inside):
            if candidate.is_file():
                return candidate
    raise RobotError(
        f"{path} needs the mesh {PACKAGE}{name}, which is in no folder above it; put the package "
        "there"
    )


def _weighed(model: mujoco.MjModel, urdf: ElementTree.Element) -> list[str]:
    """Links of a URDF without inertia are weighed by their shapes, as if these were of water."""
    given = sum(float(mass.get("value", 0.0)) for mass in urdf.iter("mass"))
    weighed = float(model.body_mass.sum())
    if abs(weighed - given) <= 0.01 * given:
        return []
    return [f"links without a mass are weighed by their shapes: {weighed:.3g} kg, not {given:.3g}"]


def _name_all(spec: mujoco.MjSpec) -> list[str]:
    """Give names to what has none: they hold after the robot was attached to a scene."""
    named = 0
    for kind in ("bodies", "joints", "geoms", "sites", "cameras", "lights", "actuators"):
        elements = getattr(spec, kind)
        taken = {element.name for element in elements}
        for index, element in enumerate(elements):
            if not element.name:
                element.name = _free_name(f"{_SINGULAR.get(kind, kind[:-1])}{index}", taken)
                named += 1
    return [f"{named} elements without a name were given one"] * bool(named)


_SINGULAR = {"bodies": "body"}


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
