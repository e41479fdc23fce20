"""`robo-ddpg doctor`."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from robo_ddpg.cli import doctor_checks
from robo_ddpg.cli.doctor_checks import Check
from robo_ddpg.cli.output import say, say_json
from robo_ddpg.cli.parsing.fields import Json
from robo_ddpg.cli.parsing.parse import Words, parse


@dataclass(frozen=True)
class DoctorOptions:
    """Check what works on this machine, with the exact fix for what does not.

    The exit code is 1 if something does not work.
    """

    json: Json = False


def run(words: Words) -> bool:
    """Check what works on this machine, with the exact fix for what does not."""
    options = parse(DoctorOptions, words, "doctor")
    found = doctor_checks.run()
    if options.json:
        say_json([dataclasses.asdict(check) for check in found])
    else:
        say("\n".join(lines(found)))
    return all(check.ok for check in found)


def lines(found: Sequence[Check]) -> list[str]:
    """One line for each check, and one with the fix below each that failed."""
    width = max((len(check.name) for check in found), default=0)
    text = []
    for check in found:
        text.append(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<{width}}  {check.detail}")
        if check.fix:
            text.append(f"      {'':<{width}}  -> {check.fix}")
    return text
