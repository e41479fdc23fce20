"""A policy that drives a robot over UDP: measurements come in, set-points go out.

python docs/examples/udp_policy.py reach --port 7000
"""

import argparse
import json
import socket

from robo_ddpg.deploy.arm_runtime import ArmRuntime
from robo_ddpg.deploy.messages import Measurement, Setpoints
from robo_ddpg.errors import DeploymentError

MOST_BYTES = 65_507
"""Of a datagram."""


def measured(datagram: bytes) -> Measurement:
    """What the robot says."""
    told = json.loads(datagram)
    world = {"goal": told["goal"]}
    return Measurement(told["position"], told["velocity"], told["opening"], world)


def datagram_of(setpoints: Setpoints) -> bytes:
    """What the robot is told."""
    told = {
        "position": setpoints.position.round(6).tolist(),
        "velocity": setpoints.velocity.round(6).tolist(),
        "braking": setpoints.braking,
        "interventions": setpoints.interventions,
    }
    return json.dumps(told).encode()


def main() -> None:
    """Answer until the robot has been silent for long enough and stands still."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("controller")
    parser.add_argument("--port", type=int, default=7000)
    parser.add_argument("--silence-s", type=float, default=5.0, help="ends this program")
    options = parser.parse_args()
    runtime = ArmRuntime(options.controller)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", options.port))
        link.settimeout(60.0)
        datagram, robot = link.recvfrom(MOST_BYTES)
        try:
            runtime.start(measured(datagram))
        except DeploymentError as error:
            raise SystemExit(str(error)) from None
        silent_s = 0.0
        link.settimeout(1.5 * runtime.period_s)
        while silent_s < options.silence_s:
            link.sendto(datagram_of(runtime.step(measured(datagram) if datagram else None)), robot)
            try:
                datagram, robot = link.recvfrom(MOST_BYTES)
                silent_s = 0.0
            except TimeoutError:  # no measurement in time: the next set-points brake
                datagram = b""
                silent_s += 1.5 * runtime.period_s


if __name__ == "__main__":
    main()
