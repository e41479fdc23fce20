"""`python scripts/record.py ...` is `robo-ddpg record ...`."""

import sys

from robo_ddpg.cli.app import main

if __name__ == "__main__":
    sys.exit(main(["record", *sys.argv[1:]]))
