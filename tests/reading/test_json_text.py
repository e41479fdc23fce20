"""JSON of strangers is an object, of finite numbers, not too large and not too deep."""

from pathlib import Path

import pytest

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.json_text import DEEPEST, MOST_BYTES, json_object, read_json


def test_an_object_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": [1, 2.5, {"b": null}]}')
    assert read_json(tmp_path / "a.json") == {"a": [1, 2.5, {"b": None}]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("null", "no object: None"),
        ("[1]", "no object"),
        ('{"a": NaN}', "NaN is not finite"),
        ('{"a": -Infinity}', "-Infinity is not finite"),
        ('{"a": 1e999}', "1e999 is not finite"),
        ('{"a": ' + "9" * 41 + "}", "has 41 digits"),
        ('{"a": ' + "[" * DEEPEST + "]" * DEEPEST + "}", "levels deep"),
        ('{"a": ' * 100_000, "levels deep"),
        ('{"a"', "cannot be read"),
        (b'{"a": "\xff"}', "cannot be read"),
        (" " * (MOST_BYTES + 1), "at most 1048576"),
    ],
)
def test_other_texts_are_refused_in_a_line(text: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as caught:
        json_object(text)
    assert "\n" not in str(caught.value)


def test_the_deepest_that_is_read_is_read() -> None:
    deep = DEEPEST - 1
    assert json_object('{"a": ' + "[" * deep + "]" * deep + "}")
