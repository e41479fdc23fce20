"""Files of others: what is put right in them, and what is said where that cannot be done."""

from pathlib import Path

import pytest

from tasks.described.error import RobotError
from tasks.described.loading import open_robot
from tests.adopt.robots import arm_xml, write

CUBE = """v 0 0 0\nv .1 0 0\nv 0 .1 0\nv 0 0 .1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"""
URDF = """<robot name="u"><link name="base"><collision><geometry><mesh filename="{mesh}"/>
</geometry></collision></link><link name="arm">
<inertial><mass value="1"/><inertia ixx=".1" iyy=".1" izz=".1"
 ixy="0" ixz="0" iyz="0"/></inertial></link><joint name="j" type="revolute"><parent link="base"/>
<child link="arm"/><limit lower="-1" upper="1"/></joint></robot>"""


def test_meshes_of_a_package_are_found_in_folders_above(tmp_path: Path) -> None:
    (tmp_path / "u_description" / "meshes").mkdir(parents=True)
    (tmp_path / "u_description" / "urdf").mkdir()
    write(tmp_path / "u_description" / "meshes", CUBE, "cube.obj")
    urdf = URDF.format(mesh="package://u_description/meshes/cube.obj")
    opened = open_robot(write(tmp_path / "u_description" / "urdf", urdf, "u.urdf"))
    assert opened.model.nmesh == 1
    # A fixed base would be fused with the world.
    assert [opened.model.body(i).name for i in range(opened.model.nbody)] == [
        "world",
        "base",
        "arm",
    ]
    assert "package://" in opened.repairs[0]
    # The base has no mass: its tetrahedron of 1/6 litre weighs as much as water.
    assert any("1.17 kg, not 1" in repair for repair in opened.repairs)


def test_impossible_inertias_are_made_possible_and_said(tmp_path: Path) -> None:
    impossible = '<body><joint/><inertial mass="1" pos="0 0 0" diaginertia="1 1 9"/></body>'
    opened = open_robot(write(tmp_path, arm_xml(impossible)))
    assert any("inertia" in repair for repair in opened.repairs)


def test_everything_gets_a_name_of_its_own(tmp_path: Path) -> None:
    nameless = '<body><joint/><geom name="geom1" size=".01"/></body>'
    model = open_robot(write(tmp_path, arm_xml(nameless))).model
    for kind, count in (("body", model.nbody), ("joint", model.njnt), ("geom", model.ngeom)):
        names = [getattr(model, kind)(i).name for i in range(count)]
        assert all(names)
        assert len(set(names)) == count


@pytest.mark.parametrize(
    ("text", "name", "complaint"),
    [
        ("<mujoco", "r.xml", "is no XML"),
        (
            "<mujocoinclude/>",
            "r.xml",
            "its root is <mujocoinclude>.*name the file that includes it",
        ),
        ("<html/>", "r.xml", "neither an MJCF nor a URDF"),
        ("<mujoco/>", "r.xml", "has no joints"),
        ("<mujoco><worldbody><body colour='red'/></worldbody></mujoco>", "r.xml", "colour"),
        (URDF.format(mesh="package://nowhere/cube.obj"), "r.urdf", "package://nowhere/cube.obj"),
        (URDF.format(mesh="cube.obj"), "r.urdf", "cube.obj"),
        (URDF.format(mesh="cube.dae"), "r.urdf", "cube.dae"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    text: str, name: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(RobotError, match=complaint) as refused:
        open_robot(write(tmp_path, text, name))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RobotError, match="there is no robot's file"):
        open_robot(tmp_path / "none.xml")
