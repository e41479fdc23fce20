"""The examples that speak over a socket do what their page says."""

import socket
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_a_robot_in_another_process_comes_to_its_goal() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        port = str(link.getsockname()[1])
    policy = [sys.executable, str(EXAMPLES / "udp_policy.py"), "reach", "--silence-s", "0.3"]
    robot = [sys.executable, str(EXAMPLES / "udp_robot.py"), "--no-clock"]
    with subprocess.Popen([*policy, "--port", port]) as driving:
        said = subprocess.run(
            [*robot, "--port", port], capture_output=True, text=True, timeout=90, check=True
        ).stdout
    assert driving.returncode == 0
    assert float(said.split()[0]) < 20.0
