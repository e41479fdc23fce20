"""The legged robots and their ground: names, published figures, facts, behaviour in simulation."""

import dataclasses

import mujoco
import numpy as np
import pytest
from mujoco.batch import Batch

from tasks.legged.robot import HOPPER, QUADRUPED, RUNNER, WALKER, LeggedRobot, check
from tasks.legged.scene import legged_scene

CAMERAS = {"side", "front", "follow"}


@pytest.fixture(params=(RUNNER, QUADRUPED, HOPPER, WALKER), ids=lambda robot: robot.name)
def robot(request: pytest.FixtureRequest) -> LeggedRobot:
    return request.param


@pytest.fixture
def model(robot: LeggedRobot) -> mujoco.MjModel:
    return legged_scene(robot, timestep_s=0.005).compile()


@pytest.fixture
def data(model: mujoco.MjModel) -> mujoco.MjData:
    """The robot at rest in its home posture."""
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("home").id)
    mujoco.mj_forward(model, data)
    return data


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("body", "nbody"),
        ("joint", "njnt"),
        ("geom", "ngeom"),
        ("site", "nsite"),
        ("camera", "ncam"),
        ("light", "nlight"),
        ("material", "nmat"),
        ("texture", "ntex"),
        ("actuator", "nu"),
        ("key", "nkey"),
    ],
)
def test_every_element_has_a_name(model: mujoco.MjModel, kind: str, count: str) -> None:
    kind_id = getattr(mujoco.mjtObj, f"mjOBJ_{kind.upper()}")
    names = [mujoco.mj_id2name(model, kind_id, i) for i in range(getattr(model, count))]
    assert names
    assert all(names), names


def test_facts_fit_the_model(robot: LeggedRobot, model: mujoco.MjModel) -> None:
    check(robot, model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"torque_nm": (100.0, 75.0, 45.0, 90.0, 60.0, 37.0)}, "torque limits"),
        ({"velocity_rad_s": (25.0,) * 6}, "no-load speeds"),
        ({"mass_kg": 15.0}, "mass"),
        ({"joints": RUNNER.joints[::-1]}, "controls"),
        ({"joints": ("wing", *RUNNER.joints[1:])}, "lacks joint .*wing"),
        ({"feet": ("tail",)}, "lacks site .*tail"),
        ({"torso": "rear_shin"}, "lacks site .*rear_shin"),
    ],
)
def test_facts_that_do_not_fit_are_named(change: dict[str, object], message: str) -> None:
    model = legged_scene(RUNNER, timestep_s=0.005).compile()
    with pytest.raises(ValueError, match=message):
        check(dataclasses.replace(RUNNER, **change), model)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "muscle"},
        {"torque_nm": (60.0, 60.0)},
        {"velocity_rad_s": (25.0, -25.0, 25.0)},
        {"command_rate": (100.0, float("nan"), 100.0)},
        {"mass_kg": 0.0},
    ],
)
def test_impossible_facts_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        dataclasses.replace(HOPPER, **change)


def test_full_commands_give_the_torque_limits(
    robot: LeggedRobot, model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    joints = [model.joint(name) for name in robot.joints]
    dofs = [joint.dofadr[0] for joint in joints]
    for sign, away in ((1, 0), (-1, 1)):
        data.ctrl[:] = model.actuator_ctrlrange[:, (sign + 1) // 2]
        data.qpos[[joint.qposadr[0] for joint in joints]] = [joint.range[away] for joint in joints]
        mujoco.mj_forward(model, data)
        np.testing.assert_allclose(data.qfrc_actuator[dofs], sign * np.array(robot.torque_nm))


def test_quadruped_has_the_published_dimensions_and_mass() -> None:
    """Unitree Robotics, unitree_ros, robots/go1_description/xacro/const.xacro."""
    model = legged_scene(QUADRUPED, timestep_s=0.004).compile()
    for leg, x, y in (("FL", 1, 1), ("FR", 1, -1), ("RL", -1, 1), ("RR", -1, -1)):
        np.testing.assert_allclose(model.body(f"{leg}_hip").pos, [0.1881 * x, 0.04675 * y, 0])
        np.testing.assert_allclose(model.body(f"{leg}_thigh").pos, [0, 0.08 * y, 0])
        np.testing.assert_allclose(model.body(f"{leg}_calf").pos, [0, 0, -0.213])
        np.testing.assert_allclose(model.site(f"{leg}_foot").pos, [0, 0, -0.213])
        assert model.geom(f"{leg}_foot_collision").size[0] == 0.02
        np.testing.assert_allclose(model.joint(f"{leg}_hip").range, [-0.863, 0.863])
        np.testing.assert_allclose(model.joint(f"{leg}_thigh").range, [-0.686, 4.501])
        np.testing.assert_allclose(model.joint(f"{leg}_calf").range, [-2.818, -0.888])
    trunk, imu, hip, thigh, calf, foot, rotor = 5.204, 0.001, 0.591, 0.92, 0.135862, 0.06, 0.089
    mass = trunk + imu + 4 * (hip + thigh + calf + foot) + 12 * rotor
    assert model.body("trunk").subtreemass[0] == pytest.approx(mass, abs=1e-5)


def test_inertias_belong_to_real_bodies(model: mujoco.MjModel) -> None:
    for smallest, middle, largest in np.sort(model.body_inertia[1:], axis=1):
        assert smallest > 0
        assert smallest + middle >= largest * (1 - 1e-9)


def test_only_collision_shapes_touch(model: mujoco.MjModel) -> None:
    solid = (model.geom_contype | model.geom_conaffinity) > 0
    floor = model.geom("floor").id
    assert all((model.geom_group[solid] == 3) | (np.flatnonzero(solid) == floor))


@pytest.mark.parametrize("robot", [RUNNER, QUADRUPED], ids=lambda robot: robot.name)
def test_legs_do_not_pass_through_each_other(robot: LeggedRobot) -> None:
    model = legged_scene(robot, timestep_s=0.002).compile()
    data = mujoco.MjData(model)
    floor = model.geom("floor").id
    rng = np.random.default_rng(0)
    low, high = model.jnt_range[model.actuator_trnid[:, 0]].T
    legs = 0
    for _ in range(50):
        data.qpos[-model.nu :] = rng.uniform(low, high)
        mujoco.mj_forward(model, data)
        legs += sum(floor not in pair for pair in data.contact.geom)
    assert legs > 0


def test_home_stands_on_its_feet(
    robot: LeggedRobot, model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    feet = {model.geom(name).id for name in robot.foot_geoms}
    floor = model.geom("floor").id
    touching = {int(geom) for pair in data.contact.geom for geom in pair} - {floor}
    assert touching == feet
    assert np.all(np.abs(data.contact.dist) < 0.002)
    np.testing.assert_allclose(
        data.site(robot.torso).xmat.reshape(3, 3)[:, 2], [0, 0, 1], atol=0.02
    )


def test_home_stays_for_a_second(
    robot: LeggedRobot, model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    start = data.qpos.copy()
    mujoco.mj_step(model, data, nstep=round(1 / model.opt.timestep))
    np.testing.assert_allclose(data.qpos, start, atol=0.02)


def test_walker_and_hopper_do_not_stand_for_ever(
    robot: LeggedRobot, model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    """Balancing is to be learned; the runner and the quadruped stand by themselves."""
    height = data.site(robot.torso).xpos[2]
    mujoco.mj_step(model, data, nstep=round(8 / model.opt.timestep))
    fell = data.site(robot.torso).xpos[2] < 0.5 * height
    assert fell == (robot.name in ("hopper", "walker"))


def test_cameras_and_lights_come_along(
    robot: LeggedRobot, model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    assert {model.camera(i).name for i in range(model.ncam)} == CAMERAS
    assert {model.light(i).name for i in range(model.nlight)} == {"key", "fill"}
    cameras, lights = data.cam_xpos.copy(), data.light_xpos.copy()
    views = data.cam_xmat.copy()
    along = np.array([100.0, 0.0, 0.0])
    data.qpos[0] += along[0]
    mujoco.mj_forward(model, data)
    np.testing.assert_allclose(data.cam_xpos, cameras + along, atol=1e-9)
    np.testing.assert_allclose(data.light_xpos, lights + along, atol=1e-9)
    np.testing.assert_allclose(data.cam_xmat, views, atol=1e-9)


@pytest.mark.parametrize("camera", sorted(CAMERAS))
def test_a_camera_sees_all_of_the_robot(
    model: mujoco.MjModel, data: mujoco.MjData, camera: str
) -> None:
    view = data.camera(camera)
    seen = (data.geom_xpos[model.geom_bodyid > 0] - view.xpos) @ view.xmat.reshape(3, 3)
    reach = -seen[:, 2:] * np.tan(np.radians(model.camera(camera).fovy[0]) / 2)
    assert np.all(seen[:, 2] < 0)
    assert np.all(np.abs(seen[:, :2]) < reach * [4 / 3, 1])


def test_a_picture_looks_the_same_100_m_further(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    pictures = []
    with mujoco.Renderer(model, 120, 160) as renderer:
        for distance in (0, 100):
            data.qpos[0] = distance
            mujoco.mj_forward(model, data)
            for _ in range(2):  # the endless floor is drawn around the previous picture's camera
                renderer.update_scene(data, camera="front")
            pictures.append(renderer.render().astype(int))
    assert pictures[0].std() > 20
    assert np.abs(pictures[1] - pictures[0]).mean() < 3


@pytest.mark.parametrize("timestep_s", [0.004, 0.005])
def test_random_full_commands_are_survived(robot: LeggedRobot, timestep_s: float) -> None:
    model = legged_scene(robot, timestep_s).compile()
    n = 16
    batch = Batch(model, n, nthread=1)
    batch.reset(keyframe=np.zeros(n, np.int32))
    ctrl, speed = batch.bind("ctrl"), batch.bind("qvel")
    low, high = model.actuator_ctrlrange.T
    rng = np.random.default_rng(0)
    fastest = 0.0
    for _ in range(150):
        ctrl[:] = np.where(rng.random((n, model.nu)) < 0.5, low, high)
        batch.step(nstep=10)
        fastest = max(fastest, np.abs(speed).max())
    assert np.isfinite(speed).all()
    assert not np.any(batch.warning)
    assert fastest < 120
