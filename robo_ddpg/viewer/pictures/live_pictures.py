"""Controllers at work in an environment that draws itself."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import SEED, check_fit
from robo_ddpg.evaluation.in_words import other_model
from robo_ddpg.recording.drawn import drawing_environment, played
from robo_ddpg.viewer.live_film import LiveFilm, jpegs_shown
from robo_ddpg.viewer.same_task import check_same_task

QUALITY = 90
"""Of the JPEG pictures, of 100."""


class LivePictures:
    """One episode after the other, step by step."""

    def __init__(
        self, controller: Controller, seed: int = SEED, others: Sequence[Controller] = ()
    ) -> None:
        """Start the first episode.

        Args:
            controller: the policy.
            seed: of the first episode; the next ones take the numbers after it.
            others: further policies that may take its place, for the same environment.

        Raises:
            RenderingError: the environment gives no pictures.
            ControllerError: a controller does not fit it, or was trained for another one.
        """
        check_same_task(controller, others)
        self._env = drawing_environment(controller)
        self._controllers = (controller, *others)
        model = self._env.describe().get("model_hash")
        said = (other_model(each, model) for each in self._controllers)
        self.notes = [*filter(None, said)]
        """Of controllers that were trained with another model, as sentences."""
        self.using = 0
        """Which of the controllers is at work."""
        self._first_seed = seed
        self.task: str = controller.task["name"]
        self.frame_s = 1.0 / self._env.frames_per_second
        """Simulated time of a step [s]."""
        self.film = LiveFilm(self.task, self.frame_s, jpegs_shown)
        """What somebody films."""
        self.episode = 0
        """Number of the episode, from one."""
        try:
            for each in others:
                check_fit(each, self._env)
            self.start_next()
        except BaseException:
            self.close()
            raise

    @property
    def count(self) -> int:
        """Number of controllers."""
        return len(self._controllers)

    @property
    def seed(self) -> int:
        """Of the episode."""
        return self._first_seed + self.episode - 1

    def start_next(self) -> None:
        """Start the next episode."""
        self.episode += 1
        self.start_again()

    def start_again(self) -> None:
        """Start the same episode."""
        self.film.stop()
        self._moments = played(self._env, self._act, self.seed)
        self.moment = next(self._moments)
        """Where the episode is."""

    def use(self, index: int) -> None:
        """Let another of the controllers go on from here.

        Raises:
            IndexError: there is none of this number.
        """
        self.using = range(len(self._controllers))[index]

    def _act(self, observation: Any) -> Any:
        return self._controllers[self.using].act(observation)

    def advance(self) -> None:
        """Take a step; after the last one, start the next episode."""
        if self.moment.last:
            self.start_next()
        else:
            self.moment = next(self._moments)
            self.film.take(self.jpeg)

    def jpeg(self) -> bytes:
        """The present picture."""
        file = io.BytesIO()
        Image.fromarray(self._env.picture(0)).save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    def close(self) -> None:
        """Free the environment, and remove films."""
        self.film.close()
        self._env.close()
