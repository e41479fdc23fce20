"""What a robot is asked to do can be seen in the picture."""

import mujoco
import numpy as np
import pytest

import tasks
from robo_ddpg.rendering import marks
from robo_ddpg.rendering.renderer import Frame, FrameRenderer
from tasks.commands import Command, Point, Turn, Velocity

SCENE = """
<mujoco>
  <visual><quality shadowsize="256"/></visual>
  <worldbody>
    <light pos="0 0 3"/>
    <camera name="above" pos="0 0 3" xyaxes="0 -1 0 1 0 0" fovy="60"/>
    <body name="robot"><freejoint/><geom size=".02" rgba="1 0 0 1"/></body>
    <body name="mark" mocap="true" pos=".5 0 0">
      <geom name="mark" size=".2" rgba="0 0 1 1" contype="0" conaffinity="0"/>
    </body>
  </worldbody>
</mujoco>
"""
VELOCITY = Velocity("velocity", "m/s", body="robot", above_m=0.1, second_m=1.0)
TURN = Turn("turn", "rad/s", body="robot", above_m=0.1, radius_m=0.5)


def seen(command: Command, value: list[float], yaw: float = 0.0) -> Frame:
    """From above, x up and y to the left."""
    model = mujoco.MjModel.from_xml_string(SCENE)
    data = mujoco.MjData(model)
    data.qpos[3:7] = [np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)]
    mujoco.mj_forward(model, data)
    with FrameRenderer(model, 100, 100, "above") as renderer:
        return renderer.render(
            data, draw=lambda scene: marks.draw(scene, data, {"it": command}, {"it": value})
        ).astype(int)


def green(image: Frame) -> tuple[float, float] | None:
    """Where most of the green is, up and to the left of the middle; None if there is none."""
    rows, columns = np.nonzero((image[..., 1] - image[..., 0] > 60) & (image[..., 2] < 180))
    return (50 - rows.mean(), 50 - columns.mean()) if len(rows) else None


@pytest.mark.parametrize(
    ("value", "yaw", "ahead", "left"),
    [([0.8, 0.0], 0.0, 1, 0), ([0.0, 0.8], 0.0, 0, 1), ([0.8], np.pi / 2, 0, 1)],
)
def test_the_arrow_points_where_the_robot_shall_go(
    value: list[float], yaw: float, ahead: int, left: int
) -> None:
    found = green(seen(VELOCITY, value, yaw))
    assert found is not None
    up, aside = (round(x / 13) for x in found)
    assert (up, aside) == (ahead, left)


def test_the_arc_bends_to_the_side_that_the_robot_shall_turn_to() -> None:
    left, right = (green(seen(TURN, [rate])) for rate in (1.0, -1.0))
    assert left is not None and right is not None
    assert left[1] > 5 and right[1] < -5


@pytest.mark.parametrize("command", [VELOCITY, TURN])
def test_nothing_is_drawn_where_nothing_is_asked_for(command: Command) -> None:
    assert green(seen(command, [0.0])) is None


def test_rings_take_the_place_of_the_marker() -> None:
    shown = seen(Point("goal", "m", radius_m=0.2, marker="mark"), [0.5, 0.0, 0.0])
    blue = shown[..., 2] - shown[..., 1] > 50
    assert green(shown) is not None and not blue.any()
    assert (seen(VELOCITY, [0.0])[..., 2] > 100).any(), "without rings the marker is there"


def test_every_command_is_declared_before_the_task_is_simulated(task_name: str) -> None:
    from robo_ddpg import RobotVectorEnv

    declared = tasks.make(task_name).commanded()
    env = RobotVectorEnv(2, task_name)
    env.reset(seed=0)
    values = env.task.commands()
    assert [*values] == [*declared] != []
    for name, command in declared.items():
        assert values[name].shape == (2, len(command.parts) or 1)
    for command in declared.values():
        if body := getattr(command, "body", getattr(command, "marker", "")):
            assert env.task.model.body(body).id > 0
