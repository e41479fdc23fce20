"""`python scripts/train.py ...` is `robo-ddpg train ...`."""

import sys

from robo_ddpg.cli.app import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
