"""Domain randomisation: each episode in a slightly different world (Tobin et al. 2017)."""

import numpy as np
from mujoco.batch import Batch

from robo_ddpg.model_fields import scale_friction, scale_mass, scale_strength
from tasks.arrays import Array, Generators, Ids
from tasks.task import Task

PUSH_S = 0.1
"""How long a push lasts [s]."""
PUSHES_PER_S = 0.5
"""How many pushes come per second, on average."""


class Randomization:
    """Draws what the task's settings say varies, per simulation and episode."""

    def __init__(self, task: Task, batch: Batch, action_size: int) -> None:
        """Prepare what varies; nothing is drawn for what does not.

        Args:
            task: the task and its settings.
            batch: its simulations.
            action_size: number of action components.
        """
        settings = task.settings
        self._batch = batch
        self._scalings = [
            (scale, spread)
            for scale, spread in (
                (scale_mass, settings.random_mass),
                (scale_friction, settings.random_friction),
                (scale_strength, settings.random_strength),
            )
            if spread > 0
        ]
        self._most_late = settings.random_latency_steps
        self._least_late = 0
        self._late = np.zeros(batch.nsim, int)
        self._waiting = np.zeros((self._most_late + 1, batch.nsim, action_size))
        self._push_n = settings.random_push_n
        self._push_steps = max(1, round(PUSH_S * settings.control_hz))
        self._push_chance = PUSHES_PER_S / settings.control_hz
        self._until_push = np.zeros(batch.nsim, int)
        self._noise = settings.random_noise
        self._blur, self._stale = np.zeros((batch.nsim, 0)), np.ones(batch.nsim, bool)
        self._wrench = batch.bind("xfrc_applied")[:, task.model.body(task.push_body).id]

    def reset(self, ids: Ids, rngs: Generators) -> None:
        """Draw for new episodes.

        Args:
            ids: simulations, (k,).
            rngs: their random generators, k of them.
        """
        for scale, spread in self._scalings:
            scale(self._batch, ids, np.array([rng.uniform(1 - spread, 1 + spread) for rng in rngs]))
        self._stale[ids] = True
        if self._most_late:
            least, most = self._least_late, self._most_late
            self._late[ids] = [rng.integers(least, most + 1) for rng in rngs]
            self._waiting[:, ids] = 0.0
        if self._push_n:
            self._wrench[ids] = 0.0
            self._until_push[ids] = [rng.geometric(self._push_chance) for rng in rngs]

    def fix_latency(self, steps: int) -> None:
        """Have all actions arrive so many control steps late, from the next reset on."""
        self._least_late = self._most_late = steps
        self._waiting = np.zeros((steps + 1, *self._waiting.shape[1:]))
        self._late[:] = 0

    def delay(self, action: Array) -> Array:
        """The actions that arrive now; 0 until the first one does, (n, a)."""
        if not self._most_late:
            return action
        self._waiting = np.roll(self._waiting, 1, axis=0)
        self._waiting[0] = action
        return np.asarray(self._waiting[self._late, np.arange(len(action))])

    def blur(self, observed: Array, rngs: Generators) -> None:
        """Add noise to what the task observes; the same noise until the next control step.

        Args:
            observed: (n, o); written into.
            rngs: the simulations' random generators, n of them.
        """
        if not self._noise:
            return
        if self._blur.shape != observed.shape:
            self._blur = np.zeros(observed.shape)
        for i in np.flatnonzero(self._stale):
            self._blur[i] = rngs[i].normal(0.0, self._noise, observed.shape[1])
        self._stale[:] = False
        observed += self._blur

    def step(self, rngs: Generators) -> None:
        """Begin a control step: pushes come and go, and noise changes."""
        self._stale[:] = True
        self._push(rngs)

    def _push(self, rngs: Generators) -> None:
        if not self._push_n:
            return
        self._until_push -= 1
        for i in np.flatnonzero(self._until_push == 0):
            angle, force = rngs[i].uniform(0.0, 2 * np.pi), rngs[i].uniform(0.0, self._push_n)
            self._wrench[i, :2] = force * np.cos(angle), force * np.sin(angle)
        for i in np.flatnonzero(self._until_push == -self._push_steps):
            self._wrench[i] = 0.0
            self._until_push[i] = rngs[i].geometric(self._push_chance)
