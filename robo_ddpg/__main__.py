"""`python -m robo_ddpg` is `robo-ddpg`."""

import sys

from robo_ddpg.cli.app import main

sys.exit(main())
