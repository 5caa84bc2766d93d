"""Object files of Go's compiler: symbols with their data, relocations, and the sizes of functions' frames.

Source: `cmd/internal/goobj/objfile.go` of the Go release. The format has no promise of stability, so its magic number is checked, and the
release is pinned. Invariant: whatever is wrong with a file is a WasmError.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from transpile.corpus.wasm.instructions import malformed

MAGIC = b"\0go120ld"
_NOWHERE = (1 << 31) - 1
_HASHED64, _HASHED, _BUILTIN, _SELF = _NOWHERE - 1, _NOWHERE - 2, _NOWHERE - 3, _NOWHERE - 4
"""Packages that stand for tables of this file: symbols by their content, the compiler's own, this package's."""
_PACKAGES, _DEFINED, _REFERRED, _RELOCATION_INDEX, _AUXILIARY_INDEX, _DATA_INDEX, _RELOCATIONS, _AUXILIARIES, _DATA, _NAMES = (
    1, 3, 7, 11, 12, 13, 14, 15, 16, 17,
)  # fmt: skip
_BLOCKS = 19
_SYMBOL, _RELOCATION, _AUXILIARY, _NAME = 21, 23, 9, 16
"""Sizes of the entries."""

TEXT = frozenset({1, 2})
READ_ONLY = frozenset({3, 4})
ZERO = frozenset({9, 10})
"""Kinds of symbols: functions, constants, memory that starts as zero; all else that functions refer to is memory with contents."""

ADDRESS, CALL = 1, 7
"""Kinds of relocations."""
_INFORMATION = 1
"""The kind of what says a function's sizes."""


@dataclass(frozen=True, slots=True)
class Relocation:
    """The address, or the function's index, of a symbol, to be put at an offset; numbers in code are left out altogether (size 0)."""

    at: int
    size: int
    kind: int
    add: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """`data` may be shorter than `size`; the rest is zero. Functions: `arguments` and `frame` in bytes, the line where they start."""

    name: str
    kind: int
    size: int
    data: bytes = field(repr=False)
    relocations: tuple[Relocation, ...] = field(repr=False)
    arguments: int = 0
    frame: int = 0
    line: int = 0


class Symbols(Mapping[str, Symbol]):
    """The symbols that an archive of the compiler defines, by name; each is read when it is asked for. `builtins`: the runtime's routines in the
    compiler's order. Raises WasmError, when an archive or a symbol is read."""

    def __init__(self, archive: bytes, builtins: Sequence[str]) -> None:
        start = archive.find(MAGIC)
        if not archive.startswith(b"!<arch>\n") or start < 0:
            raise malformed("no object file of Go's compiler, or of another release")
        with _whole():
            self._reader = _Reader(archive[start:], builtins)
            self._numbers = {self._reader.names[i]: i for i in range(self._reader.defined)}

    def __getitem__(self, name: str) -> Symbol:
        number = self._numbers[name]
        with _whole():
            return self._reader.symbol(number)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except (struct.error, IndexError, UnicodeDecodeError):
        raise malformed("a Go object file ends too early") from None


class _Reader:
    def __init__(self, data: bytes, builtins: Sequence[str]) -> None:
        self.data, self.builtins = data, builtins
        self.blocks = struct.unpack_from(f"<{_BLOCKS}I", data, len(MAGIC) + 12)
        if list(self.blocks) != sorted(self.blocks) or self.blocks[-1] > len(data):
            raise IndexError
        starts = [(self.blocks[b + 1] - self.blocks[b]) // _SYMBOL for b in range(_DEFINED, _REFERRED + 1)]
        self.first = [sum(starts[:k]) for k in range(6)]
        """Number of the first symbol of each table: own, by short hash, by hash, without a package, and referred to."""
        self.defined = self.first[4]
        self.names = [self._string(self.blocks[_DEFINED] + _SYMBOL * i) for i in range(self.first[5])]
        self.far: dict[tuple[int, int], str] = {}
        for at in range(self.blocks[_NAMES], self.blocks[_NAMES + 1], _NAME):
            self.far[struct.unpack_from("<II", data, at)] = self._string(at + 8)
        self.made: dict[int, Symbol] = {}

    def _string(self, at: int) -> str:
        size, start = struct.unpack_from("<II", self.data, at)
        return self.data[start : start + size].decode()

    def _number(self, package: int, index: int) -> int | None:
        """The number of a symbol of this file."""
        place = {_SELF: 0, _HASHED64: 1, _HASHED: 2, _NOWHERE: 3}.get(package)
        return None if place is None else self.first[place] + index

    def _name(self, package: int, index: int) -> str:
        number = self._number(package, index)
        if package == _BUILTIN:
            return self.builtins[index]
        if number is None:
            return self.far.get((package, index), "")
        return self.names[number]

    def _range(self, block: int, number: int) -> tuple[int, int]:
        return struct.unpack_from("<II", self.data, self.blocks[block] + 4 * number)

    def _contents(self, number: int) -> bytes:
        start, end = self._range(_DATA_INDEX, number)
        return self.data[self.blocks[_DATA] + start : self.blocks[_DATA] + end]

    def symbol(self, number: int) -> Symbol:
        if number in self.made:
            return self.made[number]
        _, kind, size = struct.unpack_from("<HB2xI", self.data, self.blocks[_DEFINED] + _SYMBOL * number + 8)
        relocations = []
        start, end = self._range(_RELOCATION_INDEX, number)
        for k in range(start, end):
            at, width, type_, add, package, index = struct.unpack_from("<iBHqII", self.data, self.blocks[_RELOCATIONS] + _RELOCATION * k)
            relocations.append(Relocation(at, width, type_, add, self._name(package, index)))
        more: dict = {}
        start, end = self._range(_AUXILIARY_INDEX, number) if kind in TEXT else (0, 0)
        for k in range(start, end):
            type_, package, index = struct.unpack_from("<BII", self.data, self.blocks[_AUXILIARIES] + _AUXILIARY * k)
            other = self._number(package, index)
            if other is None or other >= self.defined:
                continue
            if type_ == _INFORMATION:
                more["arguments"], more["frame"], more["line"] = struct.unpack_from("<II4xi", self._contents(other))
        name = self.names[number]
        self.made[number] = Symbol(name, kind, size, self._contents(number), tuple(relocations), **more)
        return self.made[number]
