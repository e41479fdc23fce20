"""A simulated arm in a process of its own, which knows MuJoCo and a socket.

python docs/examples/udp_robot.py --port 7000 --goal 0.4 0.2 0.3
"""

import argparse
import json
import socket
import time
from typing import Any

import mujoco
import numpy as np

from robo_ddpg.envs.registration import make_task

JOINTS, FINGERS = slice(0, 7), slice(7, 9)
PERIOD_S = 0.05


class Arm:
    """Servos that follow set-points, and feed their velocity forward."""

    def __init__(self, goal: list[float]) -> None:
        self.model = make_task("reach").model
        self.data = mujoco.MjData(self.model)
        mujoco.mj_resetDataKeyframe(self.model, self.data, 0)
        self.data.qpos[FINGERS] = self.data.ctrl[FINGERS] = 0.02
        self.goal = goal
        gain, bias = self.model.actuator_gainprm, self.model.actuator_biasprm
        self.lead = -bias[JOINTS, 2] / gain[JOINTS, 0]

    def measured(self) -> bytes:
        """What its encoders say, and where it should go."""
        qpos, qvel = self.data.qpos.tolist(), self.data.qvel.tolist()
        told = {"position": qpos[JOINTS], "velocity": qvel[JOINTS], "opening": qpos[FINGERS]}
        return json.dumps({**told, "goal": self.goal}).encode()

    def follow(self, told: dict[str, Any] | None) -> None:
        """One control period; without set-points it holds still."""
        for k in range(round(PERIOD_S / self.model.opt.timestep)):
            if told is not None:
                velocity = np.array(told["velocity"][k])
                self.data.ctrl[JOINTS] = np.array(told["position"][k]) + self.lead * velocity
            mujoco.mj_step(self.model, self.data)

    def distance_m(self) -> float:
        """From the fingertips to the goal."""
        return float(np.linalg.norm(self.data.site("tip").xpos - self.goal))


def _answer(link: socket.socket, arm: Arm) -> dict[str, Any] | None:
    """What the policy says to a measurement; None if nothing in time."""
    try:
        link.send(arm.measured())
        told: dict[str, Any] = json.loads(link.recv(65_507))
        return told
    except (TimeoutError, ConnectionRefusedError):
        return None


def _wait_for(link: socket.socket, arm: Arm) -> None:
    """Stand still until there is somebody who answers."""
    for _ in range(600):
        if _answer(link, arm) is not None:
            return
        time.sleep(0.1)
    raise SystemExit("there is no policy")


def main() -> None:
    """Move, and say how near the goal is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7000)
    parser.add_argument("--goal", type=float, nargs=3, default=[0.4, 0.2, 0.3])
    parser.add_argument("--periods", type=int, default=50)
    parser.add_argument("--no-clock", action="store_true", help="wait for each answer instead")
    options = parser.parse_args()
    arm, policy = Arm(options.goal), ("127.0.0.1", options.port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect(policy)
        link.settimeout(60.0 if options.no_clock else PERIOD_S)
        _wait_for(link, arm)
        for _ in range(options.periods):
            end = time.monotonic() + PERIOD_S
            arm.follow(_answer(link, arm))
            if not options.no_clock:
                time.sleep(max(0.0, end - time.monotonic()))
    print(f"{1e3 * arm.distance_m():.1f} mm from the goal")


if __name__ == "__main__":
    main()
