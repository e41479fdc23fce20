"""The arm and its table: names, published constants, kinematics, and behaviour in simulation."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

ASSETS = Path(__file__).resolve().parents[3] / "assets"
WORKCELL = (
    f'<mujoco model="workcell"><include file="{ASSETS}/scene.xml"/>'
    f'<include file="{ASSETS}/panda.xml"/></mujoco>'
)
ARM = [f"joint{i}" for i in range(1, 8)]
FINGERS = ["finger_joint1", "finger_joint2"]

# Franka Control Interface documentation, "Robot and interface specifications".
POSITION_MIN = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]
POSITION_MAX = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]
TORQUE_MAX = [87, 87, 87, 87, 12, 12, 12]
DH_A = [0, 0, 0, 0.0825, -0.0825, 0, 0.088]
DH_D = [0.333, 0, 0.316, 0, 0.384, 0, 0]
DH_ALPHA = np.pi / 2 * np.array([0, -1, 1, 1, -1, 1, 1])
FLANGE_TO_TIP = 0.107 + 0.1034


@pytest.fixture
def model() -> mujoco.MjModel:
    return mujoco.MjSpec.from_string(WORKCELL).compile()


@pytest.fixture
def data(model: mujoco.MjModel) -> mujoco.MjData:
    """The arm at rest in its home posture."""
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("home").id)
    mujoco.mj_forward(model, data)
    return data


def move(model: mujoco.MjModel, data: mujoco.MjData, arm: list[float]) -> None:
    """Puts the arm at the joint angles `arm`, shape (7,) [rad], at rest."""
    data.qpos[:7] = arm
    mujoco.mj_forward(model, data)


def denavit_hartenberg_tip(angles: list[float]) -> np.ndarray:
    """Fingertip position (3,) [m]: the product of the published transforms (Craig)."""
    pose = np.eye(4)
    for a, d, alpha, angle in zip(DH_A, DH_D, DH_ALPHA, angles, strict=True):
        c, s, ca, sa = np.cos(angle), np.sin(angle), np.cos(alpha), np.sin(alpha)
        pose = pose @ [
            [c, -s, 0, a],
            [s * ca, c * ca, -sa, -d * sa],
            [s * sa, c * sa, ca, d * ca],
            [0, 0, 0, 1],
        ]
    return (pose @ [0, 0, FLANGE_TO_TIP, 1])[:3]


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
        ("sensor", "nsensor"),
        ("key", "nkey"),
    ],
)
def test_every_element_has_a_name(model: mujoco.MjModel, kind: str, count: str) -> None:
    kind_id = getattr(mujoco.mjtObj, f"mjOBJ_{kind.upper()}")
    names = [mujoco.mj_id2name(model, kind_id, i) for i in range(getattr(model, count))]
    assert all(names), names


def test_joint_limits_and_torques_are_the_published_ones(model: mujoco.MjModel) -> None:
    for name, low, high, torque in zip(ARM, POSITION_MIN, POSITION_MAX, TORQUE_MAX, strict=True):
        joint = model.joint(name)
        np.testing.assert_allclose(joint.range, [low, high])
        np.testing.assert_allclose(model.jnt_actfrcrange[joint.id], [-torque, torque])
    for name in FINGERS:
        np.testing.assert_allclose(model.joint(name).range, [0, 0.04])


def test_each_joint_has_the_actuator_of_its_name(model: mujoco.MjModel) -> None:
    assert [model.actuator(i).name for i in range(model.nu)] == ARM + FINGERS
    for name in ARM + FINGERS:
        assert model.actuator(name).trnid[0] == model.joint(name).id


def test_arm_weighs_what_was_identified(model: mujoco.MjModel) -> None:
    links = [0.629769, 4.970684, 0.646926, 3.228604, 3.587895, 1.225946, 1.666555, 0.735522]
    assert model.body("link0").subtreemass[0] == pytest.approx(sum(links) + 0.73 + 2 * 0.015)


def test_inertias_belong_to_real_bodies(model: mujoco.MjModel) -> None:
    moving = [i for i in range(model.nbody) if model.body(i).mass[0] > 0]
    for smallest, middle, largest in np.sort(model.body_inertia[moving], axis=1):
        assert smallest > 0
        assert smallest + middle >= largest


@pytest.mark.parametrize(
    "angles", [[0, 0, 0, -0.07, 0, 0, 0], [0.4, -0.7, 1.1, -1.9, -0.6, 2.3, 0.9]]
)
def test_fingertip_follows_the_published_kinematics(
    model: mujoco.MjModel, data: mujoco.MjData, angles: list[float]
) -> None:
    move(model, data, angles)
    np.testing.assert_allclose(data.site("tip").xpos, denavit_hartenberg_tip(angles), atol=1e-6)


def test_fingertip_is_where_a_drawing_on_paper_puts_it(
    model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    """Upper arm upright, forearm level towards +y, hand down."""
    move(model, data, [np.pi / 2, 0, 0, -np.pi / 2, 0, np.pi / 2, 0.3])
    y = 0.0825 + 0.384 + 0.088
    z = 0.333 + 0.316 + 0.0825 - 0.107 - 0.1034
    np.testing.assert_allclose(data.site("tip").xpos, [0, y, z], atol=1e-6)


def test_hand_points_straight_down_at_home(data: mujoco.MjData) -> None:
    hand = data.body("hand").xmat.reshape(3, 3)
    np.testing.assert_allclose(hand[:, 2], [0, 0, -1], atol=1e-9)
    np.testing.assert_allclose(hand[:, 0], [1, 0, 0], atol=1e-9)
    assert data.site("tip").xpos[2] > 0.15


def test_fingers_open_symmetrically_about_the_tip(
    model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    left, right = data.site("left_pad").xpos.copy(), data.site("right_pad").xpos.copy()
    np.testing.assert_allclose((left + right) / 2, data.site("tip").xpos, atol=1e-9)
    assert np.linalg.norm(left - right) == pytest.approx(0.08)
    data.qpos[7:9] = 0
    mujoco.mj_forward(model, data)
    np.testing.assert_allclose(data.site("left_pad").xpos, data.site("right_pad").xpos, atol=1e-9)


def test_home_holds_still_for_a_second(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    start = data.site("tip").xpos.copy()
    mujoco.mj_step(model, data, nstep=round(1 / model.opt.timestep))
    assert np.linalg.norm(data.site("tip").xpos - start) < 1e-3
    np.testing.assert_allclose(data.qpos[7:9], 0.04, atol=1e-4)


def test_joints_carry_their_own_weight(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """The compensating torque is part of the actuator torque, so it counts toward the limit."""
    move(model, data, [0, 1.2, 0, -0.8, 0, 1.5, 0])
    data.ctrl[:] = data.qpos
    mujoco.mj_forward(model, data)
    assert abs(data.qfrc_bias[1]) > 20
    np.testing.assert_allclose(data.qfrc_actuator, data.qfrc_bias, atol=1e-9)
    np.testing.assert_allclose(data.qacc, 0, atol=1e-6)


def test_arm_sags_without_gravity_compensation(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    model.body_gravcomp[:] = 0
    start = data.site("tip").xpos.copy()
    mujoco.mj_step(model, data, nstep=400)
    assert start[2] - data.site("tip").xpos[2] > 1e-3


def test_torque_never_exceeds_the_limits(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    for command in (-10, 10):
        data.ctrl[:7] = command
        mujoco.mj_forward(model, data)
        np.testing.assert_allclose(np.abs(data.qfrc_actuator[:7]), TORQUE_MAX)


def test_fingers_close_without_overshoot(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    data.ctrl[7:] = 0.01
    lowest = 0.04
    for _ in range(200):
        mujoco.mj_step(model, data)
        lowest = min(lowest, data.qpos[7], data.qpos[8])
    np.testing.assert_allclose(data.qpos[7:9], 0.01, atol=5e-4)
    assert lowest > 0.0095


def test_nothing_collides_unless_a_task_pairs_it(
    model: mujoco.MjModel, data: mujoco.MjData
) -> None:
    data.qpos[7:9] = -0.01
    move(model, data, [0, 1.7, 0, -1.5, 0, 1.5, 0])
    assert data.site("tip").xpos[2] < 0
    assert data.ncon == 0


@pytest.mark.parametrize(
    "name",
    ["table", "hand_collision"]
    + [f"link{i}_collision" for i in range(8)]
    + [f"{side}_{part}_collision" for side in ("left", "right") for part in ("finger", "pad")],
)
def test_collision_shapes_exist(model: mujoco.MjModel, name: str) -> None:
    assert model.geom(name).group[0] == (0 if name == "table" else 3)


def test_pad_faces_meet_at_the_pad_sites(data: mujoco.MjData) -> None:
    for side in ("left", "right"):
        inward = data.body(f"{side}_finger").xmat.reshape(3, 3)[:, 1]
        offset = data.geom(f"{side}_pad_collision").xpos - data.site(f"{side}_pad").xpos
        assert inward @ offset == pytest.approx(0.002)


def test_table_top_is_the_plane_z_0(model: mujoco.MjModel) -> None:
    table = model.geom("table")
    assert table.pos[2] + table.size[2] == pytest.approx(0)


def test_cameras_exist_and_full_hd_fits(model: mujoco.MjModel) -> None:
    assert {model.camera(i).name for i in range(model.ncam)} == {"front", "side", "wrist"}
    assert (model.vis.global_.offwidth, model.vis.global_.offheight) == (1920, 1080)


def in_view(
    model: mujoco.MjModel, data: mujoco.MjData, camera: str, point: np.ndarray, aspect: float
) -> bool:
    """Whether `point` (3,) [m] lies inside the picture of `camera` at width / height `aspect`."""
    view = data.camera(camera)
    x, y, z = view.xmat.reshape(3, 3).T @ (point - view.xpos)
    reach = -z * np.tan(np.radians(model.camera(camera).fovy[0]) / 2)
    return bool(z < 0 and abs(x) < reach * aspect and abs(y) < reach)


def test_wrist_camera_sees_the_tip(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    tip = data.site("tip").xpos
    assert in_view(model, data, "wrist", tip, aspect=1.0)
    start = data.camera("wrist").xpos
    visible = np.array([1, 1, 1, 0, 0, 0], dtype=np.uint8)
    hit = np.zeros(1, dtype=np.int32)
    distance = mujoco.mj_ray(model, data, start, tip - start, visible, 1, -1, hit)
    assert distance < 0 or distance > 1, model.geom(int(hit[0])).name


@pytest.mark.parametrize("angles", [[0.0] * 7, [0, 0.2, 0, -2.2, 0, 2.4, 0.785]])
def test_side_camera_sees_the_whole_arm(
    model: mujoco.MjModel, data: mujoco.MjData, angles: list[float]
) -> None:
    move(model, data, angles)
    for name in [*(f"link{i}" for i in range(8)), "hand", "left_finger", "right_finger"]:
        assert in_view(model, data, "side", data.body(name).xpos, aspect=4 / 3), name
