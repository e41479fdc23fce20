"""`python scripts/evaluate.py ...` is `robo-ddpg evaluate ...`."""

import sys

from robo_ddpg.cli.app import main

if __name__ == "__main__":
    sys.exit(main(["evaluate", *sys.argv[1:]]))
