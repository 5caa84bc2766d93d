"""The code of probes: the body of one function with counters of branches, checks of accesses and hints of relations in it.

Instructions of the function are copied as they are, byte for byte; probes stand between them and use locals of their own. See `instrument` for what
they write where. Invariant: what a probe leaves on the stack is what it found there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from transpile.corpus.wasm.instructions import encode, encode_body, write_signed, write_unsigned
from transpile.corpus.wasm.module import WasmFunction
from transpile.verify.addresses import scaled_indices

_ACCESS = re.compile(r"^([if](?:32|64))\.(load|store)(8|16|32)?(?:_[su])?$")
_LOADS = {1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load", 8: "i64.load"}
_TEMPORARIES = ("i32", "i32", "i32", "i32", "i64", "f32", "f64", "i64", "f32", "f64")

_COMPARED = frozenset(
    "add sub mul div div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u "
    "lt gt le ge min max copysign".split()
)
_KINDS = ("i32", "i64", "f32", "f64")
_STEPS = (0, 2, 4, 6, 8, 12, 20)
_RELATIONS = {
    "i": ("a b eq", "a 1 add b eq", "b 1 add a eq", "a b xor 0 lt_s", "a b lt_s", "b 0 ne", "a b and 0 ne", "a 0 lt_s"),
    "f": ("a b eq", "a b lt", "a b gt", "a a ne", "b b ne", "a 0 eq", "a b eq 1 a copysign 1 b copysign ne i32.and",
          "a b div 0 lt"),
}
"""What a hint's bits mean, in postfix, from the lowest on; the last but one of floats: zeros of different signs."""

Code = list[tuple[str, Any]]


def outcomes(function: WasmFunction) -> int:
    """How many branch outcomes the function's own code has."""
    return sum(2 if name in ("br_if", "if", "select") else len(immediate) if name == "br_table" else 0 for name, immediate, _ in function.instructions)


@dataclass(slots=True)
class Prober:
    """Puts probes into functions of one module, in turn. `base`: the global with the arena's address; `flag`: the offset in the arena of the byte
    that says that memory was touched which was not given, hints lie behind it; `ranges`: addresses that belong to the module itself; `first_helper`: the
    index of the first of the functions that `helper` makes. `branches` and `hints` grow: what is behind every column; `helpers`: those in use."""

    base: int
    stride: int
    flag: int
    ranges: list[tuple[int, int]]
    first_helper: int
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
                    out += pieces.keep[kind] + self._hint(pieces.both[kind], kind)
                    if operation in ("eq", "ne") and kind[0] == "i":
                        out += self._hint(pieces.both[kind], "near " + kind)
                    out += pieces.get_kept[kind]
                elif operation == "eqz":
                    out += self._hint(pieces.constant(kind, 0), kind)
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
                out += self._hint(pieces.constant(access[0], 1 << 8 * access[2] - 1 if access[2] < int(access[0][1:]) // 8 else -256), access[0])
        return encode_body((*function.locals, *_TEMPORARIES, *["i32"] * len(products)), ()) + bytes(out)

    def _hint(self, operands: bytes, helper_: str) -> bytes:
        """Note how the value on the stack, which stays there, and a second one relate."""
        self.hints += 1
        if helper_ not in self.helpers:
            self.helpers.append(helper_)
        return operands + b"\x41" + write_signed(self.flag + self.hints) + b"\x10" + write_unsigned(self.first_helper + self.helpers.index(helper_))

    def _reached(self, pieces: _Pieces, name: str, place: int, way: int) -> bytes:
        self.branches.append((name, place, way))
        return pieces.get_base + pieces.count(2 * self.stride + len(self.branches) - 1)


class _Pieces:
    """Probes of one function, as bytes: they are made once, with the numbers of its locals in them."""

    def __init__(self, prober: Prober, first: int) -> None:
        self.prober = prober
        self.address, self.effective, self.condition = address, effective, condition = first, first + 1, first + 2
        kept = {"i32": first + 3, "i64": first + 4, "f32": first + 5, "f64": first + 6}
        left = {"i32": first + 2, "i64": first + 7, "f32": first + 8, "f64": first + 9}
        self.get_base = encode([("global.get", prober.base)])
        self.get_address = encode([("local.get", address)])
        self.get_condition = encode([("local.get", condition)])
        self.keep = {kind: encode([("local.set", place)]) for kind, place in kept.items()}
        self.get_kept = {kind: encode([("local.get", place)]) for kind, place in kept.items()}
        self.noted = {kind: encode([("local.tee", place), ("local.get", place)]) for kind, place in left.items()}
        self.both = {kind: self.noted[kind] + self.get_kept[kind] for kind in kept}
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

    def constant(self, kind: str, value: int) -> bytes:
        """The operands of a hint: the value on the stack, and a number."""
        return self.noted[kind] + (b"\x41" if kind == "i32" else b"\x42") + write_signed(value)

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
        code += [("i32.const", prober.stride), ("i32.lt_u", None), ("if", ""), ("local.get", effective), (_LOADS[width], (0, prober.stride))]
        code += [("i64.eqz", None), ("i32.eqz", None)] if width == 8 else []
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


@cache
def helper(kind: str, base: int) -> bytes:
    """The body of a function (a, b, offset in the arena) that adds to the byte there what relations hold between a and b.

    The near ones add how far a and b are apart, in steps: a way for a search to come closer to where they are equal.
    """
    code: Code = [("global.get", base), ("local.get", 2), ("i32.add", None), ("local.tee", 2), ("local.get", 2), ("i32.load8_u", (0, 0))]
    if kind.startswith("near"):
        return encode_body((), [*code, *_near(kind[-3:]), ("i32.or", None), ("i32.store8", (0, 0)), ("end", None)])
    for bit, relation in enumerate(_RELATIONS["f" if kind[0] == "f" else "i"]):
        for word in relation.split():
            if word in "ab":
                code.append(("local.get", "ab".index(word)))
            elif word in ("0", "1"):
                number = int(word) if kind[0] == "i" else 0 if word == "0" else 0x3F800000 if kind == "f32" else 0x3FF << 52
                code.append((f"{kind}.const", number))
            else:
                code.append((word if "." in word else f"{kind}.{word}", None))
        code += [("i32.const", bit), ("i32.shl", None), ("i32.or", None)]
    return encode_body((), [*code, ("i32.store8", (0, 0)), ("end", None)])


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value


def _near(kind: str) -> Code:
    """One bit for the number of bits of |a - b|, the two parameters of a helper; its third is used up."""
    code: Code = [("local.get", 0), ("local.get", 1), (f"{kind}.sub", None), ("local.tee", 0)]
    code += [(f"{kind}.const", 0), ("local.get", 0), (f"{kind}.sub", None), ("local.get", 0), (f"{kind}.const", 0), (f"{kind}.ge_s", None)]
    code += [("select", None), (f"{kind}.clz", None), *([("i32.wrap_i64", None)] if kind == "i64" else []), ("local.set", 2), ("i32.const", 1)]
    for place, step in enumerate(_STEPS):
        code += [("local.get", 2), ("i32.const", int(kind[1:]) - step), ("i32.lt_u", None), *([("i32.add", None)] if place else [])]
    return [*code, ("i32.shl", None)]
