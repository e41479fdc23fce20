"""Arrays in .npz files that may come from strangers: nothing is unpacked that may not be large."""

import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.errors import UnreadableFile
from robo_ddpg.reading.plain_file import ROOM, AnyPath, opened

Arrays = dict[str, NDArray[Any]]

MOST_ENTRIES_BYTES = 2**18
"""Of the list of entries at the end of an archive; with 60 bytes each it names some 4,000."""
CHUNK = 2**20
"""Bytes unpacked at once."""

_END = struct.Struct("<4s4H2IH")
_NOT_READ = 0x1 | 0x20 | 0x40
"""Flags of encrypted and patched entries."""
_HEADER = re.compile(
    rb"\{'descr': '([<>|=]?[biufU]\d{1,8})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18})?)\), \} *\n"
)
"""The header as NumPy writes it; types of numbers, truth and text only, which are never run."""

_DAMAGE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)
_UNKNOWN = (NotImplementedError, RuntimeError)
"""Python's words for what an archive asks for and nobody has."""


def read_arrays(path: AnyPath) -> Arrays:
    """All arrays in a .npz file.

    Raises:
        UnreadableFile: it is damaged, or no archive of arrays of numbers, or claims to hold more
            than its size and `ROOM` allow.
        FileNotFoundError: there is none.
    """
    with opened(path) as (file, size):
        try:
            _check_end(file, size)
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive, size + ROOM)
                return dict(_unpacked(archive))
        except UnreadableFile:
            raise
        except (*_DAMAGE, *_UNKNOWN) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise UnreadableFile(f"not a whole archive: {reason}") from None


def _check_end(file: BinaryIO, size: int) -> None:
    """Look at what every archive ends with, before Python makes an object of each entry."""
    ends = _END.size
    if size < ends:
        raise UnreadableFile("not an .npz archive")
    file.seek(max(0, size - ends - 20))
    tail = file.read()
    signature, *_, entries, _, comment = _END.unpack(tail[-ends:])
    if signature != b"PK\x05\x06" or comment or tail.startswith(b"PK\x06\x07"):
        raise UnreadableFile("not an .npz archive")
    if entries > MOST_ENTRIES_BYTES:
        raise UnreadableFile(f"its list of arrays has {entries} bytes")


def _check_entries(archive: zipfile.ZipFile, most: int) -> None:
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise UnreadableFile("it holds two arrays of one name")
    total = sum(entry.file_size for entry in entries)
    if total > most:
        raise UnreadableFile(f"its arrays would have {total} bytes, at most {most} are read")
    for entry in entries:
        known = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not known or entry.flag_bits & _NOT_READ:
            raise UnreadableFile(f"{entry.filename:.40} is packed as NumPy never does it")


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, NDArray[Any]]]:
    for entry in archive.infolist():
        with archive.open(entry) as file:
            yield entry.filename.removesuffix(".npy"), _array(file, entry)


def _array(file: IO[bytes], entry: zipfile.ZipInfo) -> NDArray[Any]:
    """An array whose size its header and its entry agree on, which is made only then."""
    dtype, fortran, shape, start = _header(file, entry.filename)
    declared = math.prod(shape) * dtype.itemsize
    if declared != entry.file_size - start or (declared == 0 and max(shape, default=0) > CHUNK):
        raise UnreadableFile(
            f"{entry.filename:.40} claims {declared} bytes in {entry.file_size - start}"
        )
    array = np.empty(shape, dtype, order="F" if fortran else "C")
    flat = array.reshape(-1, order="A").view(np.uint8).data if declared else memoryview(b"")
    for at in range(0, declared, CHUNK):
        flat[at : at + CHUNK] = file.read(min(CHUNK, declared - at))
    if file.read(1):  # which compares the checksum too
        raise UnreadableFile(f"{entry.filename:.40} goes on after its end")
    return array


def _header(file: IO[bytes], name: str) -> tuple[np.dtype[Any], bool, tuple[int, ...], int]:
    """Type, order and shape of an array, and where its numbers begin."""
    magic = file.read(8)
    width = {b"\x93NUMPY\x01\x00": 2, b"\x93NUMPY\x02\x00": 4}.get(magic)
    if width is None:
        raise UnreadableFile(f"{name:.40} is no array")
    length = int.from_bytes(file.read(width), "little")
    found = _HEADER.fullmatch(file.read(min(length, 10_000)))
    if found is None:
        raise UnreadableFile(f"{name:.40} is no array of numbers")
    try:
        dtype = np.dtype(found[1].decode())
    except TypeError:
        raise UnreadableFile(f"{name:.40} has numbers of an unknown type") from None
    shape = tuple(int(size) for size in found[3].decode().replace(",", " ").split())
    return dtype, found[2] == b"True", shape, len(magic) + width + length
