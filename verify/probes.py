"""The code of probes: the body of one function with counters of branches, checks of accesses and hints of relations in it.

Instructions of the function are copied as they are, byte for byte; probes stand between them and use locals of their own. See `instrument` for what
they write where. Invariant: what a probe leaves on the stack is what it found there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from transpile.corpus.wasm.instructions import encode, encode_body, write_signed, write_unsigned
from transpile.corpus.wasm.module import WasmFunction
from transpile.verify.addresses import scaled_indices
from transpile.verify.relations import Code, nearness, relations

_ACCESS = re.compile(r"^([if](?:32|64))\.(load|store)(8|16|32)?(?:_[su])?$")
_LOADS = {1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load", 8: "i64.load"}
_STORES = {1: "i32.store8", 2: "i32.store16", 4: "i32.store", 8: "i64.store"}
_TEMPORARIES = ("i32", "i32", "i32", "i32", "i64", "f32", "f64", "i64", "f32", "f64", "i64")

_COMPARED = frozenset(
    "add sub mul div div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u "
    "lt gt le ge min max copysign".split()
)
_KINDS = ("i32", "i64", "f32", "f64")

def outcomes(function: WasmFunction) -> int:
    """How many branch outcomes the function's own code has."""
    return sum(2 if name in ("br_if", "if", "select") else len(immediate) if name == "br_table" else 0 for name, immediate, _ in function.instructions)


@dataclass(slots=True)
class Prober:
    """Puts probes into functions of one module, in turn. `base`: the global with the arena's address; `flag`: the offset in the arena of the byte
    that says that memory was touched which was not given, hints lie behind it; `ranges`: addresses that belong to the module itself; `first_helper`: the
    index of the first of the functions that `helper` makes. `tracing`: the mask does not say what was given, it is told what is touched.
    `branches` and `hints` grow: what is behind every column; `helpers`: those in use."""

    base: int
    stride: int
    flag: int
    ranges: list[tuple[int, int]]
    first_helper: int
    tracing: bool = False
    branches: list[tuple[str, int, int]] = field(default_factory=list)
    hints: int = 0
    helpers: list[str] = field(default_factory=list)

    def body(self, function: WasmFunction, counted: bool) -> bytes:
        """The function's new body. `counted`: its branches and relations count; else only its accesses are checked."""
        instructions, body = function.instructions, function.body
        first = len(function.type[0]) + len(function.locals)
        products, feeding = scaled_indices(instructions)
        wrapped = {place: first + len(_TEMPORARIES) + k for k, place in enumerate(products)}
        pieces = _Pieces(self, first)
        out = bytearray()
        ends = [offset for _, _, offset in instructions[1:]]
        for place, ((name, immediate, start), end) in enumerate(zip(instructions, [*ends, len(body)], strict=True)):
            if place in products:
                out += pieces.product(name, products[place], wrapped[place])
                continue
            kind, _, operation = name.partition(".")
            if counted and kind in _KINDS:
                if operation in _COMPARED:
                    before, second, _ = instructions[place - 1]
                    known = second if before == f"{kind}.const" else None
                    out += pieces.keep[kind] + (self._hint(pieces, kind, known) if kind[0] == "i" else self._hint_of_floats(pieces, kind))
                    if operation in ("eq", "ne") and kind[0] == "i":
                        out += self._noted(pieces, nearness(kind, pieces.left[kind], pieces.kept[kind], pieces.free[kind]))
                    out += pieces.get_kept[kind]
                elif operation == "eqz":
                    out += self._hint(pieces, kind, 0)
            access = _access(name)
            if access:
                type_, load, width = access
                if not load:
                    out += pieces.keep[type_]
                out += pieces.check(immediate[1], width)
                for product in sorted(feeding.get(place, ())):
                    out += pieces.wraps(wrapped[product])
                out += pieces.get_address
                if not load:
                    out += pieces.get_kept[type_]
            elif counted and name in ("br_if", "if", "select"):
                out += pieces.choice[0] + self._reached(pieces, function.name, place, 1)
                out += pieces.choice[1] + self._reached(pieces, function.name, place, 0) + pieces.choice[2]
            elif counted and name == "br_table":
                start_column = len(self.branches)
                self.branches.extend((function.name, place, target) for target in immediate)
                out += pieces.chosen(len(immediate) - 1) + pieces.count(2 * self.stride + start_column) + pieces.get_condition
            out += body[start:end]
            if access and counted and access[1] and access[0][0] == "i":
                # Bits that a narrower or a signed load would lose or copy.
                out += self._hint(pieces, access[0], 1 << 8 * access[2] - 1 if access[2] < int(access[0][1:]) // 8 else -256)
        return encode_body((*function.locals, *_TEMPORARIES, *["i32"] * len(products)), ()) + bytes(out)

    def _hint(self, pieces: _Pieces, kind: str, constant: int | None) -> bytes:
        """Note how the integer on the stack, which stays there, and a `constant` or the one that was kept relate."""
        code = relations(kind, pieces.left[kind], pieces.kept[kind] if constant is None else None, constant or 0, pieces.free[kind])
        return pieces.leave[kind] + self._noted(pieces, code)

    def _noted(self, pieces: _Pieces, code: bytes) -> bytes:
        """Code that adds the bits that other code leaves to those of the next hint."""
        self.hints += 1
        where = write_unsigned(self.flag + self.hints)
        return pieces.noting + where + code + pieces.note + where

    def _hint_of_floats(self, pieces: _Pieces, kind: str) -> bytes:
        """The same for the two floats on the stack and kept."""
        self.hints += 1
        if kind not in self.helpers:
            self.helpers.append(kind)
        called = b"\x10" + write_unsigned(self.first_helper + self.helpers.index(kind))
        return pieces.both[kind] + b"\x41" + write_signed(self.flag + self.hints) + called

    def _reached(self, pieces: _Pieces, name: str, place: int, way: int) -> bytes:
        self.branches.append((name, place, way))
        return pieces.get_base + pieces.count(2 * self.stride + len(self.branches) - 1)


class _Pieces:
    """Probes of one function, as bytes: they are made once, with the numbers of its locals in them."""

    def __init__(self, prober: Prober, first: int) -> None:
        self.prober = prober
        self.address, self.effective, self.condition = address, effective, condition = first, first + 1, first + 2
        self.kept = kept = {"i32": first + 3, "i64": first + 4, "f32": first + 5, "f64": first + 6}
        self.left = left = {"i32": condition, "i64": first + 7, "f32": first + 8, "f64": first + 9}
        self.free = {"i32": effective, "i64": first + 10}
        self.get_base = encode([("global.get", prober.base)])
        self.get_address = encode([("local.get", address)])
        self.get_condition = encode([("local.get", condition)])
        self.keep = {kind: encode([("local.set", place)]) for kind, place in kept.items()}
        self.get_kept = {kind: encode([("local.get", place)]) for kind, place in kept.items()}
        self.leave = {kind: encode([("local.tee", place)]) for kind, place in left.items()}
        self.both = {kind: self.leave[kind] + encode([("local.get", place)]) + self.get_kept[kind] for kind, place in left.items()}
        self.noting = 2 * self.get_base + b"\x2d\x00"
        """up to the offset of i32.load8_u"""
        self.note = encode([("i32.or", None)]) + b"\x3a\x00"
        """up to the offset of i32.store8"""
        self.mark = encode([("global.get", prober.base), ("i32.const", 1), ("i32.store8", (0, prober.flag))])
        self.choice = (encode([("local.tee", condition), ("if", "")]), b"\x05", b"\x0b" + self.get_condition)
        self.tee_address = encode([("local.tee", address)])
        self.adding_one = encode([("local.tee", address), ("local.get", address)]) + b"\x2d\x00"
        """up to the offset of i32.load8_u"""
        code: Code = [("i32.const", 1), ("i32.add", None), ("local.tee", effective), ("local.get", effective), ("i32.const", 8)]
        self.saturating = encode([*code, ("i32.shr_u", None), ("i32.sub", None)]) + b"\x3a\x00"
        """up to the offset of i32.store8"""
        self.checks: dict[int, bytes] = {}

    def count(self, offset: int) -> bytes:
        """Add one to the byte at an address on the stack, up to 255."""
        where = write_unsigned(offset)
        return self.adding_one + where + self.saturating + where

    def wraps(self, product: int) -> bytes:
        return encode([("local.get", product), ("if", "")]) + self.mark + b"\x0b"

    def chosen(self, last: int) -> bytes:
        """The address of the counter of the way that a br_table takes, less the offset of its first one."""
        condition = self.condition
        code: Code = [("local.set", condition), ("local.get", condition), ("i32.const", last), ("local.get", condition), ("i32.const", last)]
        return encode([*code, ("i32.lt_u", None), ("select", None), ("global.get", self.prober.base), ("i32.add", None)])

    def product(self, operation: str, factor: int, wrapped: int) -> bytes:
        """A multiplication by a constant, in place of it: `wrapped` becomes whether it wraps."""
        address, effective, condition = self.address, self.effective, self.condition
        code: Code = [("local.set", condition), ("local.tee", address), ("local.get", condition), (operation, None)]
        code += [("local.tee", effective), ("local.get", address), ("i64.extend_i32_s", None)]
        code += [("i64.const", factor), ("i64.mul", None)]
        return encode([*code, ("local.get", effective), ("i64.extend_i32_s", None), ("i64.ne", None), ("local.set", wrapped)])

    def check(self, offset: int, width: int) -> bytes:
        """Mark an access, its address on the stack and then in `address`, that touches what was not given."""
        if width not in self.checks:
            self.checks[width] = self._check(width)
        return self.tee_address + b"\x41" + write_signed(_signed(offset)) + self.checks[width]

    def _check(self, width: int) -> bytes:
        prober, effective = self.prober, self.effective
        code: Code = [("i32.add", None), ("local.tee", effective), ("global.get", prober.base), ("i32.sub", None)]
        code += [("i32.const", prober.stride), ("i32.lt_u", None), ("if", ""), ("local.get", effective)]
        if prober.tracing:
            # What reaches beyond the mask's end is in a guard.
            ones = (1 << 8 * width) // 255
            code += [("i64.const" if width == 8 else "i32.const", ones), (_STORES[width], (0, prober.stride))]
            out = encode([*code, ("else", None)])
        else:
            code += [(_LOADS[width], (0, prober.stride)), *([("i64.eqz", None), ("i32.eqz", None)] if width == 8 else [])]
            out = encode([*code, ("if", "")]) + self.mark + encode([("end", None), ("else", None)])
        code = []
        for k, (low, high) in enumerate(prober.ranges):
            code += [("local.get", effective), ("i32.const", _signed(low)), ("i32.sub", None)]
            code += [("i32.const", _signed(max(0, high - low - width + 1))), ("i32.ge_u", None)]
            code += [("i32.and", None)] if k else []
        return out + encode([*code, ("if", "")]) + self.mark + encode([("end", None), ("end", None)])


@cache
def _access(name: str) -> tuple[str, bool, int] | None:
    """(type, whether a load, bytes touched) of a load or store."""
    found = _ACCESS.match(name)
    return (found[1], found[2] == "load", int(found[3] or found[1][1:]) // 8) if found else None


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value
