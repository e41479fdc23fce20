"""Signals are noted while something is saved, and act again afterwards."""

import subprocess
import sys

CODE = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and so may this one
from robo_ddpg.process import interruption

def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)

with interruption.Interruption() as asked:
    assert not asked.requested
    for number in (*interruption.SIGNALS, *interruption.SIGNALS):
        send(number)
    assert asked.requested
    asked.release()
    interruption.REPEATED_S = 1e9
    send()
    interruption.REPEATED_S = -1e9
    print("still there", flush=True)
    try:
        send()
    except KeyboardInterrupt:
        print("a later one acts", flush=True)
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
with interruption.Interruption() as asked:
    asked.release()
    send(signal.SIGTERM)
    print("the first one is noted even then", flush=True)
    send(signal.SIGTERM)
"""


def test_signals_are_noted_until_they_are_released() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert run.stdout.splitlines() == [
        "still there",
        "a later one acts",
        "the first one is noted even then",
    ]
    assert run.returncode == -15, run.stderr


IGNORING = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from robo_ddpg.process.interruption import Interruption
with Interruption() as asked:
    os.kill(os.getpid(), signal.SIGHUP)
    assert not asked.requested
"""


def test_the_end_of_a_terminal_is_nothing_under_nohup() -> None:
    subprocess.run([sys.executable, "-c", IGNORING], check=True)
