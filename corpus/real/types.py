"""The types of a preprocessed C file: typedefs, structs and unions with their layout on wasm32.

`CTypes` reads declarations as they come and resolves types when asked. Types are strings as in `signature`, but that `F(...)` is a function by value,
`union_x` a union, and `unknown__` what is declared nowhere. Invariant: sizes and offsets are C's. Limit: attributes have gone before (packed structs
are read as others).
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.corpus.c.words import BUILT_IN, QUALIFIERS, STORAGE, closing, ordered, split
from transpile.corpus.signature import ADDRESS, WIDTHS, Array, Function, Pointer, pointer_to, read_type

UNKNOWN = "unknown__"
"""A type that is declared nowhere; only pointers to it can be said, as pointers to void."""
LARGEST = 1 << 16
"""Bytes of the largest struct."""
SYSTEM_TYPES = {
    **{f"{u}int_{kind}{bits}_t": f"{u}int{bits}_t" for u in ("", "u") for kind in ("fast", "least") for bits in (8, 16, 32, 64)},
    **{f"u_int{bits}_t": f"uint{bits}_t" for bits in (8, 16, 32, 64)},
    "intmax_t": "int64_t", "uintmax_t": "uint64_t", "u_char": "uint8_t", "u_short": "uint16_t", "u_int": "uint32_t", "uint": "uint32_t",
    "u_long": "uint32_t", "ulong": "uint32_t", "ushort": "uint16_t", "off_t": "int64_t", "time_t": "int64_t", "wchar_t": "int32_t",
    "wint_t": "uint32_t", "float_t": "float", "double_t": "double", "sig_atomic_t": "int32_t", "mode_t": "uint32_t", "pid_t": "int32_t",
    "uid_t": "uint32_t", "gid_t": "uint32_t", "dev_t": "uint64_t", "ino_t": "uint64_t", "nlink_t": "uint64_t", "clock_t": "int64_t",
    "suseconds_t": "int64_t", "socklen_t": "uint32_t", "in_addr_t": "uint32_t", "in_port_t": "uint16_t", "sa_family_t": "uint16_t",
}  # fmt: skip
"""Types of the system's headers, which are not read, as wasm32 has them (the fast ones in their exact width)."""
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip
@dataclass(frozen=True, slots=True)
class Field:
    """A field where it lies; of a bit field the bytes that it has a part of."""

    name: str
    type: str
    offset: int
    size: int
    align: int
    bits: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """`whole`: no bit field, no anonymous member, no union."""

    fields: tuple[Field, ...]
    size: int
    align: int
    whole: bool


class CTypes:
    """The types of one file. `scalars`: names of scalar types, enumerations too (`enum x`); `constants`: texts of names that stand for numbers."""

    def __init__(self, scalars: Mapping[str, str], constants: Mapping[str, str]) -> None:
        self.scalars, self.constants = scalars, constants
        self.typedefs: dict[str, tuple[list[str], list[str]]] = {}
        self.records: dict[str, tuple[bool, list[str]]] = {}
        """By name: is it a union, and the words between its braces."""
        self._types: dict[str, tuple[str, bool]] = {}
        self._layouts: dict[str, Layout | None] = {}
        self._under_way: set[str] = set()

    # ------------------------------------------------------------ declarations

    def add_typedef(self, name: str, base: list[str], declarator: list[str]) -> None:
        self.typedefs.setdefault(name, (base, declarator))

    def add_record(self, words: Sequence[str], name: str = "") -> str:
        """Note `struct tag { ... }`; `name`: what it is called if it has no tag. Returns the name of the type."""
        union, tag = words[0] == "union", words[1] if len(words) > 1 and words[1] != "{" else ""
        known = self.record_name(union, tag or name)
        if "{" in words and known not in self.records:
            start = list(words).index("{")
            inside = list(words[start + 1 : closing(words, start)])
            self.records[known] = (union, inside)
            for i, word in enumerate(inside[:-2]):  # a struct within has a name for all
                if word in ("struct", "union") and inside[i + 2] == "{":
                    self.add_record(inside[i : closing(inside, i + 2) + 1])
        return known

    @staticmethod
    def record_name(union: bool, name: str) -> str:
        """What a struct or union of a tag is called among types."""
        return f"union_{name}" if union else name

    def is_type(self, word: str) -> bool:
        return word in self.typedefs or word in self.scalars or word in BUILT_IN or word in ("void", "struct", "union", "enum")

    # ------------------------------------------------------------ types

    def declared(self, words: Sequence[str]) -> tuple[str, str] | None:
        """(name, type) of a declaration of one thing, the name "" where it has none; None where it can't be read."""
        base, const, rest = self.base(words)
        return self.declarator(rest, base, const) if base else None

    def parameters(self, words: Sequence[str]) -> list[tuple[str, str]] | None:
        """Names and types of a parameter list, arrays and functions as the pointers that they are passed as."""
        if not words or list(words) == ["void"]:
            return []
        out: list[tuple[str, str]] = []
        for item in split(list(words)):
            base, const, rest = self.base(item)
            found = self.declarator(rest, base, const) if base else None
            if found is None:
                return None
            out.append((found[0], _decayed(found[1], const and "*" not in rest)))
        return out

    def base(self, words: Sequence[str]) -> tuple[str, bool, list[str]]:
        """The type that the specifiers at the start say ("" if none), whether it is const, and the words after them."""
        const, built, type_, i = False, [], "", 0
        while i < len(words):
            word = words[i]
            if word in QUALIFIERS or word in STORAGE or word == "typedef":
                const |= word == "const"
            elif word in ("struct", "union", "enum") and not type_ and not built:
                tagged = i + 1 < len(words) and words[i + 1] not in "{*"
                tag = words[i + 1] if tagged else f"{len(self.records)}_"
                i += 1 if tagged else 0
                braces = words[i + 1 : i + 2] == ["{"]
                end = closing(words, i + 1) if braces else i
                if word == "enum":
                    type_ = self.scalars.get(f"enum {tag}", "i32")
                else:
                    inside = list(words[i + 1 : end + 1]) if braces else []
                    type_ = self.add_record([word, tag if tagged else f"anonymous{tag}", *inside])
                i = end
            elif word in BUILT_IN or word == "_Complex":
                if type_:
                    break
                built.append(word)
            elif type_ or built or not word.isidentifier():
                break
            elif word == "void":
                type_ = "void"
            elif word in self.scalars and word not in self.typedefs:
                type_ = self.scalars[word]
            else:
                type_, inner = self.named(word)
                const |= inner
            i += 1
        if built:
            type_ = self.scalars.get(ordered(built), UNKNOWN)
        return type_, const, list(words[i:])

    def named(self, name: str) -> tuple[str, bool]:
        """The type behind a typedef, and whether it is const."""
        if name not in self._types:
            if name not in self.typedefs:
                return self.scalars.get(name, UNKNOWN), False
            if name in self._under_way:
                return UNKNOWN, False
            self._under_way.add(name)
            words, declarator = self.typedefs[name]
            base, const, rest = self.base(words)
            found = self.declarator([*rest, *declarator], base, const) if base else None
            self._under_way.discard(name)
            plain = found is not None and found[1] == base
            self._types[name] = (found[1] if found else UNKNOWN, const and plain)
        return self._types[name]

    def declarator(self, words: Sequence[str], base: str, const: bool) -> tuple[str, str] | None:
        """(name, type) of a declarator over a base type, from the inside out."""
        i = 0
        while i < len(words) and (words[i] == "*" or words[i] in QUALIFIERS):
            if words[i] == "*":
                base, const = _pointer(base, const), False
            const |= words[i] == "const"
            i += 1
        name, inner = "", None
        if words[i : i + 1] == ["("] and words[i + 1 : i + 2] and (words[i + 1] in "*(" or (words[i + 1].isidentifier() and not self.is_type(words[i + 1]))):
            end = closing(words, i)
            inner, i = words[i + 1 : end], end + 1
        elif i < len(words) and words[i].isidentifier():
            name, i = words[i], i + 1
        suffixes: list[str | tuple[str, ...]] = []
        while i < len(words):
            end = closing(words, i)
            inside = words[i + 1 : end]
            if words[i] == "[":
                size = self.number([w for w in inside if w not in QUALIFIERS and w != "static"]) if inside else 0
                if size is None:
                    return None
                suffixes.append(f"[{size}]")
            elif words[i] == "(":
                taken = self.parameters(inside)
                if taken is None or "..." in inside:
                    return None
                suffixes.append(tuple(t for _, t in taken))
            else:
                return None
            i = end + 1
        for suffix in reversed(suffixes):
            if isinstance(suffix, str):
                base = suffix + base
            else:
                base, const = f"F({','.join(suffix)}){'' if base == 'void' else base}", False
        return self.declarator(inner, base, const) if inner is not None else (name, base)

    def number(self, words: Sequence[str]) -> int | None:
        """The value of a constant expression; None where it can't be told."""
        out: list[str] = []
        i = 0
        while i < len(words):
            if words[i] == "sizeof" and words[i + 1 : i + 2] == ["("]:
                end = closing(words, i + 1)
                found = self.declared(words[i + 2 : end])
                size = self.size(found[1]) if found else None
                if size is None:
                    return None
                out.append(str(size[0]))
                i = end
            else:
                out.append(self.constants.get(words[i], words[i]))
            i += 1
        text = re.sub(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b", lambda m: str(int(m[1], 8 if re.fullmatch(r"0\d+", m[1]) else 0)), " ".join(out))
        try:
            return _evaluate(ast.parse(text.replace("/", "//"), mode="eval").body)
        except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
            return None

    # ------------------------------------------------------------ layout

    def size(self, type_: str) -> tuple[int, int] | None:
        """(size, alignment) in bytes, None for what has none."""
        if type_.startswith("F("):
            return None
        match read_type(plain(type_)):
            case Pointer() | Function():
                return ADDRESS, ADDRESS
            case Array(count=count, of=of):
                one = self.size(of)
                return (count * one[0], one[1]) if one else None
            case name:
                if name in WIDTHS or name == UNKNOWN:  # what no header tells is as large as anyone likes
                    size = WIDTHS.get(str(name), ADDRESS)
                    return size, size
                found = self.layout(str(name))
                return (found.size, found.align) if found else None

    def layout(self, name: str) -> Layout | None:
        """Where the fields of a struct or union lie; None for one that is not known in full."""
        if name not in self._layouts:
            self._layouts[name] = None  # one that holds itself has no layout
            self._layouts[name] = self._lay_out(name)
        return self._layouts[name]

    def _lay_out(self, name: str) -> Layout | None:
        if name not in self.records:
            return None
        union, words = self.records[name]
        fields: list[Field] = []
        bits, size, align, whole = 0, 0, 1, not union
        for line in split(words, ";"):
            if not line or line[0] == "_Static_assert":
                continue
            base, const, rest = self.base(line)
            if not base:
                return None
            for declarator in split(rest):
                width = None
                if ":" in declarator:
                    at = declarator.index(":")
                    declarator, width = declarator[:at], self.number(declarator[at + 1 :])
                    if width is None:
                        return None
                found = self.declarator(declarator, base, const)
                measured = self.size(found[1]) if found else None
                if found is None or measured is None or measured[0] > LARGEST:
                    return None
                field, type_ = found
                own, step = measured
                if width is not None:  # a unit of its type holds it whole
                    bits = 0 if union else bits
                    if width == 0 or bits // (8 * own) != (bits + width - 1) // (8 * own):
                        bits = -(-bits // (8 * step)) * 8 * step
                    if field:
                        fields.append(Field(field, type_, bits // 8, -(-(bits + width) // 8) - bits // 8, 1, True))
                        align = max(align, step)
                    bits += width
                    whole = False
                else:
                    offset = 0 if union else (bits + 8 * step - 1) // (8 * step) * step
                    if field:
                        fields.append(Field(field, type_, offset, own, step))
                    else:  # anonymous: its fields are ours
                        inner, whole = self.layout(type_), False
                        if inner is None:
                            return None
                        fields += [Field(f.name, f.type, offset + f.offset, f.size, f.align, f.bits) for f in inner.fields]
                    bits, align = 8 * (offset + own), max(align, step)
                size = max(size, -(-bits // 8))
        return Layout(tuple(fields), -(-size // align) * align, align, whole)


def split_storage(layout: Layout) -> tuple[list[Field], list[tuple[int, str, str]]]:
    """The fields that have their bytes for themselves, and (offset, name, type) of the numbers that the others are stored in: several at least, where
    they are all that there is, because C passes a struct of one number in another way."""
    runs: list[list[Field]] = []
    end = -1
    for one in sorted(layout.fields, key=lambda f: f.offset):
        if runs and one.offset < end:
            runs[-1].append(one)
        else:
            runs.append([one])
        end = max(end, one.offset + one.size)
    kept = [run[0] for run in runs if len(run) == 1 and not run[0].bits]
    stored = []
    for run in runs:
        if len(run) > 1 or run[0].bits:
            start = run[0].offset
            size = max(f.offset + f.size for f in run) - start
            least = 2 if len(runs) == 1 and len(run) > 1 else 1
            width = next((w for w in (4, 2, 1) if not start % w and not size % w and size // w >= least), 1)
            name = "_".join(f.name for f in run) if len(run) < 4 else f"{run[0].name}_to_{run[-1].name}"
            stored.append((start, name, f"u{8 * width}" if size == width else f"[{size // width}]u{8 * width}"))
    return kept, stored


def _pointer(type_: str, const: bool) -> str:
    return "fn" + type_[1:] if type_.startswith("F(") else pointer_to(type_, const)


def _decayed(type_: str, const: bool) -> str:
    """What a parameter of a type is passed as; `const`: are an array's elements?"""
    if type_.startswith("["):
        return pointer_to(type_[type_.index("]") + 1 :], const)
    return "fn" + type_[1:] if type_.startswith("F(") else type_


def plain(type_: str) -> str:
    """A type without functions by value within (an array or parameter of such can't be)."""
    return re.sub(r"(?<![A-Za-z0-9_])F\(", "fn(", type_)


def _evaluate(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _evaluate(operand)
        case ast.BinOp(op=ast.LShift() | ast.RShift(), left=left, right=right):
            value, count = _evaluate(left), _evaluate(right)
            if not 0 <= count < 64:
                raise ValueError
            return value << count if isinstance(node.op, ast.LShift) else value >> count
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_evaluate(left), _evaluate(right))
    raise ValueError
