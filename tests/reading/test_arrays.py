"""Archives of arrays: nothing is unpacked or run that a stranger would like to be."""

import io
import pickle
import resource
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.arrays import read_arrays

ARRAYS: dict[str, Any] = {
    "c": np.arange(6.0).reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "text": np.array("añ"),
    "truth": np.array([True, False]),
    "none": np.zeros((4, 0), np.float32),
    "one": np.array(7),
    "big endian": np.arange(3, dtype=">i2"),
}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_wrote_comes_back(save: Any, tmp_path: Path) -> None:
    save(tmp_path / "a.npz", **ARRAYS)
    found = read_arrays(tmp_path / "a.npz")
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def archive(tmp_path: Path, content: bytes, *, name: str = "x.npy", **entry: Any) -> Path:
    """An archive with one entry; of it is said what is given."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content, **entry)
    return tmp_path / "a.npz"


def npy(descr: str = "'<f8'", shape: str = "(2,)", data: bytes = bytes(16)) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def test_the_toy_is_whole(tmp_path: Path) -> None:
    assert read_arrays(archive(tmp_path, npy()))["x"].tolist() == [0.0, 0.0]


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([print], object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (npy(shape="(1000000000000,)"), "claims 8000000000000 bytes in 16"),
        (npy(shape="(100000000000000000, 0)", data=b""), "claims 0 bytes"),
        (npy(shape="(-2,)"), "no array of numbers"),
        (npy(shape="(2,)", data=bytes(17)), "claims 16 bytes in 17"),
        (npy(descr="'<U90000000'"), "claims 720000000 bytes in 16"),
        (npy(descr="'<f3'"), "unknown type"),
        (npy(descr="'|O'"), "no array of numbers"),
        (npy(descr="[('a', '<f8')]"), "no array of numbers"),
        (npy(descr="__import__('os').abort()"), "no array of numbers"),
        (npy(shape="(" + "1" * 9_000), "no array of numbers"),
        (npy(shape="(" * 5000 + ")" * 5000), "no array of numbers"),
        (pickled(), "no array of numbers"),
        (pickle.dumps(print), "is no array"),
        (b"", "is no array"),
    ],
)
def test_what_is_no_plain_array_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_arrays(archive(tmp_path, content))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packed = zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED)
    with packed as made, made.open("x.npy", "w") as entry:
        entry.write(npy(shape="(12582912,)", data=b""))
        for _ in range(96):
            entry.write(bytes(2**20))
    before = peak_mib()
    with pytest.raises(UnreadableFile, match="would have 10066"):
        read_arrays(tmp_path / "a.npz")
    assert peak_mib() < before + 24


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(method: int, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="as NumPy never does"):
        read_arrays(archive(tmp_path, npy(), compress_type=method))


def test_a_long_list_of_entries_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as made:
        for i in range(5_000):
            made.writestr(f"{i}.npy", b"")
    with pytest.raises(UnreadableFile, match="its list of arrays has"):
        read_arrays(tmp_path / "a.npz")


def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as made, pytest.warns(UserWarning):
        made.writestr("x.npy", npy())
        made.writestr("x.npy", npy())
    with pytest.raises(UnreadableFile, match="two arrays of one name"):
        read_arrays(tmp_path / "a.npz")


def test_names_that_lead_out_of_the_archive_are_only_names(tmp_path: Path) -> None:
    found = read_arrays(archive(tmp_path, npy(), name="../../evil.npy"))
    assert list(found) == ["../../evil"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
