"""Says whether this machine reproduces the golden runs; with --record, makes its runs golden."""

import argparse
import sys

from robo_ddpg.golden.known import here, known, remember, verdict


def main() -> int:
    """Compare, or record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="for these versions, this processor")
    options = parser.parse_args()
    found = here()
    if options.record:
        remember(found)
    told = verdict(found, known())
    print(told.text)
    return int(told.reproduced is False)


if __name__ == "__main__":
    sys.exit(main())
