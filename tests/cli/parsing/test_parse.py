"""Words that do not fit are refused with what was given, what was expected, and a near option."""

import contextlib
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest
from tyro.conf import Positional, arg

from robo_ddpg.cli.parsing import parse as parsing
from robo_ddpg.cli.parsing.fields import Switch, hint
from robo_ddpg.cli.parsing.parse import parse, parse_known
from robo_ddpg.errors import SettingsError


@dataclass(frozen=True)
class Inner:
    """Settings that belong together."""

    share: float = 0.5
    """A share."""
    smooth: bool = True
    """Whether it is smooth."""

    def __post_init__(self) -> None:
        """Check the share."""
        if self.share > 1:
            raise ValueError(f"share must be at most 1, got {self.share}")


@dataclass(frozen=True)
class Options:
    """Do something.

    With more to say about it.
    """

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """A name."""
    count: Annotated[int | None, arg(help_behavior_hint=hint)] = None
    """How many there are: a text that is broken on a terminal of eighty columns, but where the
    source code does not break it."""
    pair: tuple[float, float] = (0.0, 1.0)
    """Two numbers."""
    sizes: tuple[int, ...] = (1,)
    """Some numbers."""
    kind: Literal["round", "square"] = "round"
    """One of two."""
    loud: Switch = False
    """A switch."""
    inner: Inner = field(default_factory=Inner)
    """More."""


START = Options("")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "NAME is missing"),
        ("--count 3", "NAME is missing"),
        ("a b", "unexpected word 'b'"),
        ("a --count many", "--count: expected INT, got many"),
        ("--count many a", "--count: expected INT, got many"),
        ("a --count=2.5", "--count: expected INT, got 2.5"),
        ("a --count None", "--count: expected INT, got None"),
        ("a --count", "--count: expected INT, got nothing"),
        ("a --count --loud", "--count: expected INT, got nothing"),
        ("a --count 1 --count many", "--count: expected INT, got many"),
        ("a --pair 1", "--pair: expected FLOAT FLOAT, got 1"),
        ("a --pair -1 x", "--pair: expected FLOAT FLOAT, got -1 x"),
        ("a --sizes 1 b", "--sizes: expected [INT [INT ...]], got 1 b"),
        ("a --kind flat", "--kind: expected {round,square}, got flat"),
        ("a --inner.share 2", "share must be at most 1, got 2.0"),
        ("a --cuont 3", "unknown option --cuont (did you mean --count?)"),
        ("--cuont 3 a", "unknown option --cuont (did you mean --count?)"),
        ("--cuont=3 a", "unknown option --cuont (did you mean --count?)"),
        ("a --share 1", "unknown option --share (did you mean --inner.share?)"),
        ("a --inner.no_smoth", "unknown option --inner.no-smoth (did you mean --inner.no-smooth?)"),
        ("a --xyzzy", "unknown option --xyzzy;"),
        ("a -x", "unknown option -x;"),
        ("a --nmae b", "unknown option --nmae;"),
        ("a --no-loud", "unknown option --no-loud"),
        ("a --loud yes", "unexpected word 'yes'"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(words: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(Options, words.split(), "try", START if words.startswith("a") else None)
    message = str(refused.value)
    assert message.startswith(f"try: {said}")
    assert message.endswith("; see robo-ddpg try --help")


def test_without_reports_of_errors_tyro_says_itself_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parsing, "on_parse_error", contextlib.nullcontext)
    with pytest.raises(SystemExit) as stop:
        parse(Options, ["a", "--count", "many"], "try")
    assert stop.value.code == 2
    assert "--count" in capsys.readouterr().err


def test_options_start_from_the_default_whose_settings_may_be_of_any_type() -> None:
    @dataclass(frozen=True)
    class Open:
        """Open to any settings."""

        settings: object = None
        """Of any type."""

    options = parse(Open, ["--settings.share", "0.25"], "try", Open(Inner(smooth=False)))
    assert options == Open(Inner(0.25, smooth=False))


def test_negative_numbers_and_underscores_are_understood() -> None:
    words = ["a", "--pair", "-1", "-2e-3", "--inner.no_smooth"]
    options = parse(Options, words, "try")
    assert options == Options("a", pair=(-1.0, -0.002), inner=Inner(smooth=False))


def test_words_that_fit_no_option_are_handed_back_where_that_is_asked_for() -> None:
    options, unknown = parse_known(Options, ["a", "--loud", "--bogus", "5", "--help"], "try")
    assert options == Options("a", loud=True)
    assert unknown == ["--bogus", "5", "--help"]


def test_the_help_ends_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(Options, ["a", "--bogus", "--help"], "try")
    assert not stop.value.code
    assert "usage: robo-ddpg try" in capsys.readouterr().out


def test_help_texts_are_paragraphs_and_say_nothing_of_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(Options, ["--help"], "try", START)
    shown = capsys.readouterr().out
    assert "the source code does not break it." in shown
    assert "(default: 0.5)" in shown
    assert "--loud" in shown and "--no-loud" not in shown
    assert "None" not in shown
