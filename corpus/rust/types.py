"""What the types of a Rust file are as signatures have them: structs and tuples, enums without data, arrays, references, characters.

Struct layout is C's: what compiles a file for reading gives its structs `#[repr(C)]` and its enums the type of C's (`layouts`), which no safe code can
tell from the layout that rustc chooses; each entry point asserts the offsets that its signature has (`asserted`). So tuples in memory, whose layout
can't be chosen, are taken where rustc lays them out as C would. Limits: no type parameters, no unions, nothing on the heap.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from transpile.corpus.rust.items import Item, items
from transpile.corpus.scanner import closing, split
from transpile.corpus.signature import CHARACTER, UTF8, WIDTHS, Domain, Struct, pointer_to

SCALARS = {name: name for name in WIDTHS} | {"isize": "i32", "char": "u32"}
HEAP = {
    "Vec": "a list on the heap", "String": "text on the heap", "Box": "a value on the heap", "HashMap": "a map on the heap", "HashSet": "a set on the heap",
    "BTreeMap": "a map on the heap", "BTreeSet": "a set on the heap", "VecDeque": "a queue on the heap", "BinaryHeap": "a heap", "Rc": "a shared value",
    "Arc": "a shared value", "RefCell": "a cell that is checked at run time", "Cow": "text or a copy of it", "LinkedList": "a list on the heap",
}  # fmt: skip
"""What types of the library are, in words."""
ORDERING = Domain("Ordering", ((-1, 1),), (("Less", -1), ("Equal", 0), ("Greater", 1)))
VIEWS = re.compile(r"&|dyn\b|str$|String$|Vec\b|\[[^;\]]*\]$")
"""What a reference leads to that is more than an address, or has no type of C's."""
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
"""What the parts of a tuple are called."""
_BINARY: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.LShift: lambda a, b: a << min(b, 64), ast.RShift: lambda a, b: a >> min(b, 64), ast.BitOr: operator.or_, ast.BitAnd: operator.and_,
}  # fmt: skip
_FIELD = re.compile(r"(?:pub(?:\s*\([^)]*\))?\s+)?(\w+)\s*:(?!:)\s*(.+)", re.S)
_CONSTANT = re.compile(r"(?:pub(?:\s*\([^)]*\))?\s+)?const\s+(\w+)\s*:\s*[iu]\w+\s*=\s*(.+);", re.S)


class Unsaid(Exception):
    """Why a type has no place in a signature: what goes behind "takes" or "gives"."""


@dataclass(frozen=True, slots=True)
class Said:
    """A type as signatures have it, and in Rust's words; `domain` of the number that it is, or holds."""

    type: str
    rust: str
    domain: Domain | None = None


def angle_end(code: str, start: int) -> int:
    """Behind the `>` that closes the `<` at `start`; `start` where nothing does."""
    depth = 0
    for at in range(start, len(code)):
        depth += (code[at] == "<") - (code[at] == ">" and code[at - 1] not in "-=")
        if depth == 0:
            return at + 1
    return start


def parts(text: str) -> list[str]:
    """What commas separate, outside of all brackets."""
    out, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([{<") - (letter in ")]}" or (letter == ">" and text[at - 1 : at] not in ("-", "=")))
        if letter == "," and depth == 0:
            out.append(text[start:at].strip())
            start = at + 1
    return [one for one in (*out, text[start:].strip()) if one]


def plain(text: str) -> str:
    """A type without lifetimes and the library's paths, its spaces single."""
    text = re.sub(r"'\w+\s*,?\s*(?:\+\s*)?", "", re.sub(r"\s+", " ", text).strip())
    return re.sub(r"\b(?:(?:core|std|alloc|crate|self|super)::)(?:[a-z]\w*::)*", "", re.sub(r"<\s*>", "", text)).strip()


def with_article(text: str) -> str:
    return f"{'an' if text[:1] in tuple('AEIOaeio') else 'a'} {text}"


def reference(text: str) -> tuple[str, bool] | None:
    """(what a reference leads to, can it change that) of a plain type, within an Option too; None for any other."""
    inner = re.fullmatch(r"Option\s*<\s*(&.+)>", text, re.S)
    one = re.fullmatch(r"&\s*(mut\b)?\s*(.+)", inner[1] if inner else text, re.S)
    return (one[2].strip(), bool(one[1])) if one else None


class Types:
    """Those of one file; `code` is its blanked text."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.aliases: dict[str, str] = {}
        self.constants: dict[str, str] = {}
        self.declared: dict[str, Item] = {}
        self.structs: dict[str, Struct] = {}
        """Those that were asked for and can be said, tuples among them."""
        self.rust: dict[str, str] = {}
        """What Rust calls the structs of signatures."""
        self._under_way: set[str] = set()
        self._read(0, len(code), "")
        self.wide = "u8" if re.search(r"\btransmute\b", code) else "i32"

    def _read(self, start: int, stop: int, owner: str) -> None:
        for item in items(self.code, start, stop):
            text = self.code[item.start : item.end]
            brace = self.code.find("{", item.start, item.end)
            if item.kind in ("struct", "enum"):
                self.declared.setdefault(item.name, item)
            elif item.kind == "type" and (one := re.search(r"\btype\s+(\w+)\s*=\s*(.+);", text, re.S)):
                self.aliases.setdefault(one[1], plain(one[2]))
            elif item.kind == "const" and (found := _CONSTANT.fullmatch(text)):
                self.constants.setdefault(f"{owner}{found[1]}", found[2])
            elif item.kind == "mod" and brace >= 0 and not item.tested:
                self._read(brace + 1, item.end - 1, "")
            elif item.kind == "impl" and brace >= 0 and (name := re.search(r"(\w+)\s*(?:<[^{]*>)?\s*$", self.code[item.start : brace])):
                self._read(brace + 1, item.end - 1, f"{name[1]}::")

    # ------------------------------------------------------------ numbers

    def number(self, text: str) -> int | None:
        """The value of a constant expression of whole numbers, by the constants of the file."""
        return self._number(text, 0)

    def _number(self, text: str, depth: int) -> int | None:
        text = re.sub(r"\bas\s+[iu]\w+", "", re.sub(r"(?<=\d)_?[iu](?:8|16|32|64|size)\b", "", text)).replace("/", "//")
        for name in sorted(set(re.findall(r"[A-Za-z_]\w*(?:::\w+)*", re.sub(r"\b0[xbo]\w+", "", text))), key=len, reverse=True):
            value = self._number(self.constants[name], depth + 1) if name in self.constants and depth < 8 else None
            if value is None:
                return None
            text = re.sub(rf"(?<![\w:]){re.escape(name)}(?![\w:])", f"({value})", text)
        try:
            return _value(ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError, ArithmeticError, RecursionError):
            return None

    # ------------------------------------------------------------ types

    def said(self, text: str) -> Said:
        """A type as it lies in memory, or is passed by value. Raises Unsaid."""
        text = plain(text)
        if text in SCALARS:
            return Said(SCALARS[text], text, CHARACTER if text == "char" else None)
        if text in ("u128", "i128"):
            raise Unsaid(f"{with_article(text)}, which is wider than C's numbers")
        if text == "Ordering" and text not in self.declared:
            return Said("i8", "core::cmp::Ordering", ORDERING)
        if text in self.aliases:
            return self.said(self.aliases[text])
        if one := re.fullmatch(r"\[(.+);(.+)\]", text, re.S):
            count, of = self.number(one[2]), self.said(one[1])
            if not count:
                raise Unsaid(f"a {text}, whose length {one[2].strip()} is not known here")
            return Said(f"[{count}]{of.type}", f"[{of.rust}; {count}]", of.domain)
        if text.startswith("(") and closing(text, 0) == len(text) - 1 and len(text) > 2:
            return self._tuple([self.said(part) for part in parts(text[1:-1])])
        if one := re.fullmatch(r"\*\s*(const|mut)\s+(.+)", text, re.S):
            to = self.said(one[2]) if one[2] not in ("c_void", "libc::c_void") else Said("void", "core::ffi::c_void")
            return Said(pointer_to(to.type, one[1] == "const"), f"*{one[1]} {to.rust}")
        if (led := reference(text)) and not VIEWS.match(led[0]):
            to = self._behind(led[0])
            return Said(pointer_to(to.type, not led[1]), f"*{'mut' if led[1] else 'const'} {to.rust}")
        name = re.match(r"\w+", text)
        item = self.declared.get(name[0]) if name else None
        if item is None or name is None:
            raise Unsaid(self.unsaid(text))
        if "<" in text:
            raise Unsaid(f"{with_article(text)}, an instance of a generic type")
        return self._enum(item) if item.kind == "enum" else self._struct(item)

    def _behind(self, text: str) -> Said:
        """What a pointer in memory leads to: perhaps a struct that is under way."""
        return Said(text, text) if text in self._under_way else self.said(text)

    def unsaid(self, text: str) -> str:
        """Why there is no such type in C."""
        head = re.match(r"\w*", text)
        if head and head[0] in HEAP:
            return f"{with_article(text)}, {HEAP[head[0]]}, which C has no type for"
        if text.startswith(("impl ", "dyn ", "&dyn", "&mut dyn")):
            return f"{with_article(text)}: what it is shows at each call only"
        if re.match(r"(?:unsafe )?fn\b", text):
            return f"a {text}, a function by Rust's own rules of calling"
        return f"{with_article(text)}, which C has no type for"

    def _tuple(self, of: list[Said]) -> Said:
        if len(of) > len(PLACES):
            raise Unsaid(f"a tuple of {len(of)}")
        name = "Tuple_" + "_".join(re.sub(r"\W+", "_", one.type).strip("_") for one in of)
        fields = tuple((place, one.type) for place, one in zip(PLACES, of, strict=False))
        domains = tuple((place, one.domain) for place, one in zip(PLACES, of, strict=False) if one.domain)
        self.structs[name] = Struct(name, fields, (), domains)
        self.rust[name] = f"({', '.join(one.rust for one in of)},)"
        return Said(name, self.rust[name])

    def _enum(self, item: Item) -> Said:
        brace = self.code.find("{", item.start)
        members, following = [], 0
        if re.match(r"[^{]*<", self.code[item.start : brace]):
            raise Unsaid(f"{with_article(item.name)}, a generic enum")
        for part in split(self.code[brace + 1 : item.end - 1]):
            one = re.fullmatch(r"(?:#\s*\[[^\]]*\]\s*)*(\w+)\s*(?:=\s*(.+))?", part, re.S)
            if one is None:
                raise Unsaid(f"{with_article(item.name)}, an enum with data")
            value = self.number(one[2]) if one[2] else following
            if value is None:
                raise Unsaid(f"{with_article(item.name)}, whose value {one[1]} is not known here")
            members.append((one[1], value))
            following = value + 1
        if not members:
            raise Unsaid(f"{with_article(item.name)}, an enum without values")
        given = re.search(r"\brepr\s*\(\s*([iu](?:8|16|32|64|size))\s*\)", item.attributes)
        values = sorted(value for _, value in members)
        ranges: list[list[int]] = []
        for value in values:
            if ranges and ranges[-1][1] == value - 1:
                ranges[-1][1] = value
            else:
                ranges.append([value, value])
        type_ = SCALARS[given[1]] if given else self.wide
        return Said(type_, item.name, Domain(item.name, tuple((low, high) for low, high in ranges), tuple(members)))

    def _struct(self, item: Item) -> Said:
        lives = re.match(r"[^{(;<]*<([^>]*)>", self.code[item.start : item.end])
        said = Said(item.name, f"{item.name}<{', '.join(chr(39) + 'static' for _ in lives[1].split(','))}>" if lives else item.name)
        if item.name in self.structs:
            return said
        if item.name in self._under_way:
            raise Unsaid(f"{with_article(item.name)}, which holds itself")
        self._under_way.add(item.name)
        try:
            self.structs[item.name] = self._fields(item)
            self.rust[item.name] = said.rust
        finally:
            self._under_way.discard(item.name)
        return said

    def _fields(self, item: Item) -> Struct:
        head = re.compile(r"[^{(;]*").match(self.code, item.start)
        assert head
        if re.search(r"<(?!\s*'\w+(?:\s*,\s*'\w+)*\s*>)", head[0]):
            raise Unsaid(f"{with_article(item.name)}, a generic struct")
        end = closing(self.code, head.end()) if head.end() < item.end - 1 else None
        written: list[tuple[str, str]] = []
        for k, part in enumerate(parts(self.code[head.end() + 1 : end]) if end else ()):
            bare = re.sub(r"#\s*\[[^\]]*\]\s*", "", part)
            one = _FIELD.fullmatch(bare) if self.code[head.end()] == "{" else None
            # Its parts have numbers for names: in C they get words.
            written.append((one[1], one[2]) if one else (PLACES[min(k, 7)] if end else "", re.sub(r"^pub(?:\s*\([^)]*\))?\s+", "", bare)))
        fields: list[tuple[str, str]] = []
        lengths, domains = [], []
        for name, type_ in written:
            if view := self.view(type_):
                fields += [(name, pointer_to(view.type, "mut" not in type_)), (f"{name}_len", "usize")]
                lengths.append((name, f"{name}_len"))
                continue
            try:
                one = self.said(type_)
            except Unsaid as unsaid:
                raise Unsaid(f"{with_article(item.name)}, whose field `{name}` is {unsaid}") from None
            fields.append((name, one.type))
            domains += [(name, one.domain)] if one.domain else []
        if not fields or len(fields) > 64 or len({f for f, _ in fields}) < len(fields):
            raise Unsaid(f"{with_article(item.name)}, a struct {'of too many fields' if fields else 'without fields'}")
        return Struct(item.name, tuple(fields), tuple(lengths), tuple(domains))

    def view(self, text: str) -> Said | None:
        """The elements of a slice, or of text; None for another type."""
        text = plain(text)
        if re.fullmatch(r"&\s*str", text):
            return Said("u8", "u8", UTF8)
        one = re.fullmatch(r"&\s*(?:mut\s+)?\[(.+)\]", text, re.S)
        if one is None or _outside(one[1], ";"):
            return None
        return self._behind(plain(one[1]))

    def asserted(self, struct: Struct, structs: tuple[Struct, ...]) -> str:
        """Assertions, in Rust, of a struct's layout."""
        placed, size = struct.layout(structs)
        rust, lengths = self.rust[struct.name], {length for _, length in struct.lengths}
        item = self.declared.get(struct.name)
        numbered = item is None or "{" not in self.code[item.start : item.end]
        fields = [(str(k) if numbered else name, offset) for k, (name, _, offset) in enumerate(f for f in placed if f[0] not in lengths)]
        return f"assert!(core::mem::size_of::<{rust}>() == {size});" + "".join(
            f" assert!(core::mem::offset_of!({rust}, {name}) == {offset});" for name, offset in fields
        )

    def layouts(self) -> Iterator[tuple[int, str]]:
        """Attributes for types of the file, and where they go."""
        for item in self.declared.values():
            if "repr" in item.attributes:
                continue
            if item.kind == "struct":
                yield item.start, "#[repr(C)] "
            else:
                try:
                    yield item.start, f"#[repr({self._enum(item).type})] "
                except Unsaid:
                    continue


def _outside(text: str, letter: str) -> bool:
    """Whether a letter stands outside of all brackets."""
    depth = 0
    for one in text:
        depth += (one in "([{") - (one in ")]}")
        if one == letter and depth == 0:
            return True
    return False


def _value(node: Any) -> int:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.BinOp() if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](_value(node.left), _value(node.right))
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand)
    raise ValueError
