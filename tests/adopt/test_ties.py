"""What of a robot is left out."""

import mujoco

from robo_ddpg.adopt.chain import find_chain
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.ties import doubt_ties, still_joints
from tests.adopt.robots import SITE, arm_xml

HAND = SITE + "".join(
    f'<body name="f{i}"><joint name="finger{i}" type="slide"/><geom size="0.01"/></body>'
    for i in (1, 2)
)
TIES = """<equality><joint name="grip" joint1="finger1" joint2="finger2"/>
<joint name="parallel" joint1="j3" joint2="j2"/><connect name="loop" body1="l2" body2="l4"
 anchor="0 0 0"/></equality><actuator>"""


def test_fingers_stay_still_and_ties_of_the_arm_itself_are_said_to_be_left_out() -> None:
    model = mujoco.MjModel.from_xml_string(arm_xml(HAND).replace("<actuator>", TIES))
    chain, sources = find_chain(model), Sources()
    doubt_ties(model, chain, sources)
    assert still_joints(model, chain) == ["finger1", "finger2"]
    assert [doubt.split(" ties ")[0] for doubt in sources.doubts] == [
        "the equality parallel",
        "the equality loop",
    ]
