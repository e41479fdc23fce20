"""The trials of a sweep in Optuna's journal file.

Which settings a trial gets follows from the sweep's seed, the trial's number and the trials of
earlier rounds, and from nothing else: not from what ended first, nor from a kill.
"""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robo_ddpg.errors import OutputDirectoryError, SettingsError
from robo_ddpg.many.sweep.space import Parameter, Values, is_whole

if TYPE_CHECKING:
    import optuna

AT_RANDOM = 8
"""Trials that are drawn at random before others follow from them."""
FEWEST = 8
"""Trials with a value before it is said what mattered."""
JOURNAL = "study.journal"


def import_optuna() -> Any:
    """Optuna, which is an extra.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise SettingsError(
            "sweeps need Optuna, which is not installed: pip install 'robo-ddpg[sweeps]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class Study:
    """Asks for settings and remembers what they were worth."""

    def __init__(
        self, directory: Path, parameters: Sequence[Parameter], sampler: str, seed: int
    ) -> None:
        """Open the journal, or begin it; the caller is the only one that writes it.

        Args:
            directory: where it lies.
            parameters: what is varied.
            sampler: `tpe` or `random`.
            seed: of all draws.

        Raises:
            SettingsError: Optuna is not installed.
            OutputDirectoryError: the journal is damaged.
        """
        self._optuna = import_optuna()
        self._parameters, self._sampler, self._seed = parameters, sampler, seed
        path = directory / JOURNAL
        path.with_name(f"{JOURNAL}.lock").unlink(missing_ok=True)  # of a writer that was killed
        backend = self._optuna.storages.journal.JournalFileBackend(str(path))
        try:
            self.study: optuna.Study = self._optuna.create_study(
                storage=self._optuna.storages.JournalStorage(backend),
                study_name="sweep",
                direction="maximize",
                load_if_exists=True,
            )
        except (ValueError, KeyError, json.JSONDecodeError) as error:
            raise OutputDirectoryError(f"{path} cannot be read: {error}") from None

    @property
    def begun(self) -> int:
        """Number of trials that were asked for."""
        return len(self.study.trials)

    def unfinished(self) -> list[int]:
        """Numbers of the trials that were asked for and not told."""
        running = self._optuna.trial.TrialState.RUNNING
        return [trial.number for trial in self.study.trials if trial.state == running]

    def completed(self) -> list[int]:
        """Numbers of the trials that have a value, the best first."""
        complete = self._optuna.trial.TrialState.COMPLETE
        trials = [trial for trial in self.study.trials if trial.state == complete]
        return [t.number for t in sorted(trials, key=lambda t: (-(t.value or 0.0), t.number))]

    def ask(self) -> int:
        """Begin a trial; returns its number."""
        seed = (1_000_003 * self._seed + self.begun) % 2**31
        samplers = self._optuna.samplers
        self.study.sampler = (
            samplers.RandomSampler(seed)
            if self._sampler == "random"
            else samplers.TPESampler(seed=seed, n_startup_trials=AT_RANDOM)
        )
        return self.study.ask({p.name: self._distribution(p) for p in self._parameters}).number

    def values(self, number: int) -> Values:
        """The settings of a trial."""
        chosen = self.study.trials[number].params
        return {
            p.name: _decoded(chosen[p.name]) if p.choices else chosen[p.name]
            for p in self._parameters
        }

    def value(self, number: int) -> float | None:
        """What a trial was worth; None if it was given up or failed."""
        return self.study.trials[number].value

    def state(self, number: int) -> str:
        """`complete`, `pruned`, `fail` or `running`."""
        return self.study.trials[number].state.name.lower()

    def tell(self, number: int, value: float | None, *, failed: bool = False) -> None:
        """End a trial.

        Args:
            number: which.
            value: what it was worth; None if it was given up.
            failed: whether it could not be trained.
        """
        states = self._optuna.trial.TrialState
        if value is not None:
            self.study.tell(number, value)
        else:
            self.study.tell(number, state=states.FAIL if failed else states.PRUNED)

    def importances(self) -> dict[str, float]:
        """Setting -> its share of what makes the better half of the trials better, in order.

        PED-ANOVA (Watanabe et al. 2023); empty while there are too few trials to say.
        """
        if len(self.completed()) < FEWEST:
            return {}
        evaluator = self._optuna.importance.PedAnovaImportanceEvaluator()
        try:
            with warnings.catch_warnings(action="ignore"):
                found = self._optuna.importance.get_param_importances(
                    self.study, evaluator=evaluator
                )
        except (ValueError, RuntimeError):
            return {}
        return {name: float(share) for name, share in found.items()}

    def _distribution(self, p: Parameter) -> Any:
        of = self._optuna.distributions
        if p.choices:
            return of.CategoricalDistribution([json.dumps(choice) for choice in p.choices])
        kind = of.IntDistribution if is_whole(p) else of.FloatDistribution
        return kind(p.low, p.high, log=p.log)


def _decoded(text: str) -> Any:
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value
