"""Real Go made of plain functions: what the reader of `go/reader.py` can take, out of packages that people write.

A file is rewritten before it is read: a method of a named type is a function whose first parameter is the receiver, a generic function is one for
one type, a single named result is a variable, and constants that count with `iota` are numbers. What the file names of the other files of its
package comes behind it, and functions of other packages of the tree too, where these need nothing of theirs. Invariant: what is not understood
stays as it is, and does not compile. A struct keeps the fields that a signature can say. Limits: variables of packages, interfaces, methods of types
with type parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from transpile.corpus.go.reader import constants
from transpile.corpus.go.text import blank_go, named_types, parameters, struct_of
from transpile.corpus.real.licences import may_come_along
from transpile.corpus.scanner import closing, split

CHOSEN = {"Float": "float64", "float": "float64", "Unsigned": "uint32", "uint": "uint32", "byte": "byte"}
"""What a type parameter stands for, by a word in its constraint; others stand for int32."""
MOST_SIBLINGS, LONGEST = 60, 400_000
"""Files of a package that are looked at, and characters of one."""
MOST_ADDED = 200
_FUNCTION = re.compile(r"^func\b[ \t]*", re.M)
_VARIABLE = re.compile(r"\bvar[ \t]+(\w+)[ \t]+(\*?)(\w+)\b")
_MADE = re.compile(r"(?<![.\w])(\w+)[ \t]*:=[ \t]*(&?)(\w+)\{")
_NAME = re.compile(r"\s*([^\W\d]\w*)\s*")
_PLATFORM = re.compile(
    r"_(?:test|windows|linux|darwin|\w+bsd|dragonfly|solaris|illumos|aix|android|ios|plan9|js|wasm|wasip1|amd64|arm64|arm|386|s390x|ppc64\w*"
    r"|mips\w*|riscv64|loong64|asm)\.go$"
)
_BUILD = re.compile(r"^//go:build\s+(.*)$", re.M)
_GROUP = re.compile(r"^const[ \t]*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", re.M)
_IMPORT = re.compile(r'^(?:import[ \t]+|[ \t]+)(?:(\w+)[ \t]+)?"([\w./-]+)"[ \t]*$', re.M)


class Function(NamedTuple):
    """A top-level function of blanked text: offsets of `func`, of its brace and behind its end, and the spans within its brackets."""

    name: str
    start: int
    receiver: tuple[int, int] | None
    types: tuple[int, int] | None
    taken: tuple[int, int]
    brace: int
    end: int


def functions(code: str) -> Iterator[Function]:
    """The functions with a body at the top level of blanked text, methods and generic ones too."""
    position = 0
    while found := _FUNCTION.search(code, position):
        position = at = found.end()
        receiver = types = None
        if code[at : at + 1] == "(":
            end = closing(code, at)
            if end is None:
                return
            receiver, at = (at + 1, end), end + 1
        name = _NAME.match(code, at)
        if name is None:
            continue
        at = name.end()
        if code[at : at + 1] == "[":
            end = closing(code, at)
            if end is None:
                return
            types, at = (at + 1, end), end + 1
        end = closing(code, at) if code[at : at + 1] == "(" else None
        if end is None:
            continue
        line = code.find("\n", end)
        brace = code.find("{", end, line if line >= 0 else len(code))
        stop = closing(code, brace) if brace >= 0 else None
        if stop is None:
            continue
        position = stop + 1
        yield Function(name[1], found.start(), receiver, types, (at + 1, end), brace, stop + 1)


Methods = dict[str, dict[str, bool]]
"""By type: its methods, and whether the receiver is a pointer."""


def methods_of(text: str) -> Methods:
    """The methods that a file defines."""
    code, out = blank_go(text), Methods()
    for one in functions(code):
        if one.receiver and (receiver := _receiver(code, one)):
            out.setdefault(receiver[1], {})[one.name] = receiver[2]
    return out


def plain(text: str, others: Methods | None = None) -> str:
    """A file's text with methods and generic functions as functions, and constants as numbers. `others`: methods of its package."""
    text = _counted(text)
    code = blank_go(text)
    found = list(functions(code))
    methods = methods_of(text) if others is None else others
    out, at = [], 0
    for one in found:
        out += [text[at : one.start], _function(text, code, one, methods)]
        at = one.end
    return "".join([*out, text[at:]])


def _receiver(code: str, one: Function) -> tuple[str, str, bool] | None:
    """Name, type, and whether it is a pointer."""
    assert one.receiver
    read = re.fullmatch(r"\s*(?:(\w+)\s+)?(\*?)\s*(\w+)\s*", code[slice(*one.receiver)])
    return (read[1] or "_", read[3], bool(read[2])) if read else None


def _function(text: str, code: str, one: Function, methods: dict[str, dict[str, bool]]) -> str:
    """A function's text as a plain function, or as it is."""
    name, taken = one.name, " ".join(code[slice(*one.taken)].split())
    result, body = code[one.taken[1] + 1 : one.brace].strip(), text[one.brace : one.end]
    if one.receiver:
        receiver = _receiver(code, one)
        if receiver is None:
            return text[one.start : one.end]
        this, owner, pointer = receiver
        this = "this" if this == "_" else this
        name = f"{owner}_{one.name}"
        taken = f"{this} {'*' if pointer else ''}{owner}{', ' if taken else ''}{taken}"
    local = [(m[1], m[2] + m[3]) for m in _VARIABLE.finditer(body)] + [(m[1], ("*" if m[2] else "") + m[3]) for m in _MADE.finditer(body)]
    for name_, type_ in {**dict(local), **dict(parameters(taken))}.items():
        if name_ not in ("", "_") and type_.removeprefix("*") in methods:
            body = _calls(body, name_, type_.removeprefix("*"), type_.startswith("*"), methods[type_.removeprefix("*")])
    replaced: dict[str, str] = {}
    bound = ""
    for part in reversed(split(code[slice(*one.types)]) if one.types else []):
        generic, _, own = part.partition(" ")
        bound = own.strip() or bound  # `K, V comparable`
        chosen = next((t for word, t in CHOSEN.items() if word in bound), "int32")
        replaced[generic] = bound.removeprefix("~") if re.match(r"~?\[\]", bound) else chosen
    for _ in range(2):
        for generic, chosen in replaced.items():
            taken, result, body = (re.sub(rf"(?<![.\w]){generic}\b", chosen, s) for s in (taken, result, body))
    if named := re.fullmatch(r"\(\s*(\w+)\s+([^,()]+?)\s*\)", result):
        inside = re.sub(r"\breturn[ \t]*(?=[\n;}])", f"return {named[1]}", body[1:])
        last = re.search(r"(\S[^\n]*)\s*\}\s*$", inside)
        end = "" if last and re.match(r"(?:return|panic|goto)\b", last[1]) else f"return {named[1]}\n"
        result, body = named[2], f"{{ var {named[1]} {named[2]}\n{inside[:-1]}\n{end}}}"
    return f"func {name}({taken}) {result} {body}"


def _calls(body: str, this: str, owner: str, pointer: bool, methods: dict[str, bool]) -> str:
    """A body with methods of a variable called as functions."""

    def called(found: re.Match[str]) -> str:
        if found[1] not in methods:
            return found[0]
        wanted = methods[found[1]]
        given = this if wanted == pointer else f"&{this}" if wanted else f"*{this}"
        return f"{owner}_{found[1]}({given}{'' if found[2] else ', '}"

    return re.sub(rf"(?<![.\w]){this}\.(\w+)\((?=(\s*\))?)", called, body)


def _counted(text: str) -> str:
    """The text with the constants of groups that count written as numbers, as far as each is one by itself."""

    def group(found: re.Match[str]) -> str:
        if "iota" not in found[0]:
            return found[0]
        lines, count, form = [], 0, ("", "")
        for line in blank_go(found[1]).split("\n"):
            one = re.fullmatch(r"\s*(\w+)(?:\s+([\w.]+))?\s*(?:=\s*(.*?))?\s*", line)
            if not line.strip():
                continue
            if one is None:
                return found[0]
            if one[3]:
                form = (one[2] or "", one[3])
            if one[1] != "_":
                value = re.sub(r"\biota\b", str(count), form[1])
                lines.append(f"const {one[1]}{' ' if form[0] else ''}{form[0]} = {value}")
            count += 1
        return "\n".join(lines)

    return _GROUP.sub(group, text)


# ---------------------------------------------------------------- packages


class Package(NamedTuple):
    """What the files of a folder define at the top level, by name, as rewritten text."""

    items: dict[str, str]
    words: dict[str, frozenset[str]]
    """For each item, the names that it mentions."""
    methods: Methods


def is_for_one_platform(name: str, text: str) -> bool:
    build = _BUILD.search(text)
    return bool(_PLATFORM.search(name) or (build and not build[1].startswith("!")))


@lru_cache(256)
def package(folder: Path) -> Package:
    """The package in a folder, without the files for one platform."""
    items: dict[str, str] = {}
    texts, methods = [], Methods()
    for file in sorted(folder.glob("*.go"))[:MOST_SIBLINGS]:
        text = file.read_text(errors="replace") if file.stat().st_size <= LONGEST else ""
        if not is_for_one_platform(file.name, text) and may_come_along(text):
            texts.append(text)
            for owner, own in methods_of(text).items():
                methods.setdefault(owner, {}).update(own)
    for text in texts:
        text = plain(text, methods)
        code = blank_go(text)
        for one in functions(code):
            items.setdefault(one.name, text[one.start : one.end])
        for name, under in named_types(code).items():
            items.setdefault(name, f"type {name} {under}")
        for name, written in constants(text, code).items():
            items.setdefault(name, written)
    words = {name: frozenset(re.findall(r"(?<![.\w])[^\W\d]\w*", blank_go(text))) for name, text in items.items()}
    return Package(items, words, methods)


def with_package(text: str, file: Path, root: Path) -> tuple[str, frozenset[str]]:
    """A file rewritten, with what it names of its package and of others behind it; and the names of its own functions."""
    home = package(file.parent)
    text = plain(text, home.methods)
    code = blank_go(text)
    own = frozenset(one.name for one in functions(code))
    defined = own | named_types(code).keys() | constants(text, code).keys()
    added: dict[str, str] = {}
    todo = [w for w in dict.fromkeys(re.findall(r"(?<![.\w])[^\W\d]\w*", code)) if w in home.items and w not in defined]
    for name in todo:
        if len(added) < MOST_ADDED:
            added[name] = home.items[name]
            todo += [w for w in sorted(home.words[name]) if w in home.items and w not in defined and w not in todo]
    for alias, path in _IMPORT.findall(text):
        called = alias or path.rpartition("/")[2]
        folder = next((root / "/".join(path.split("/")[k:]) for k in range(path.count("/") + 1) if (root / "/".join(path.split("/")[k:])).is_dir()), None)
        if path in ("math", "math/bits", "unsafe") or folder is None:
            continue
        other = package(folder)
        for name in dict.fromkeys(re.findall(rf"(?<![.\w]){called}\.(\w+)\s*\(", code)):
            # One that needs something of its package does not come along.
            if name in other.items and len(added) < MOST_ADDED and not (other.words[name] - {name}) & other.items.keys():
                fresh = f"{called}_{name}"
                added[fresh] = re.sub(rf"^func {name}\b", f"func {fresh}", other.items[name])
                text = re.sub(rf"(?<![.\w]){called}\.{name}(?=\s*\()", fresh, text)
    text, orders = _ordered(text)
    return with_plain_structs("\n".join([text, *added.values(), *orders, ""])), own


_ORDER = re.compile(r"\bbinary\.(Little|Big)Endian\.(Put)?Uint(16|32|64)(?=\()")


def _ordered(text: str) -> tuple[str, list[str]]:
    """A file with functions of its own in the place of `encoding/binary`'s byte orders, and these functions."""
    made: dict[str, str] = {}

    def function(found: re.Match[str]) -> str:
        order, put, bits = found[1], found[2], int(found[3])
        name, count = f"binary{order}{put or 'Get'}{bits}", bits // 8
        places = [8 * (k if order == "Little" else count - 1 - k) for k in range(count)]
        if put:
            stores = "\n".join(f"\tb[{k}] = byte(v{f' >> {place}' if place else ''})" for k, place in enumerate(places))
            made[name] = f"func {name}(b []byte, v uint{bits}) {{\n\t_ = b[{count - 1}]\n{stores}\n}}"
        else:
            loads = " | ".join(f"uint{bits}(b[{k}]){f'<<{place}' if place else ''}" for k, place in enumerate(places))
            made[name] = f"func {name}(b []byte) uint{bits} {{\n\t_ = b[{count - 1}]\n\treturn {loads}\n}}"
        return name

    return _ORDER.sub(function, text), list(made.values())


def with_plain_structs(text: str) -> str:
    """A file whose structs have those fields alone that a signature can say: a function that needs another one does not compile."""
    code = blank_go(text)
    types = named_types(code)
    numbers = {name: one[1] for name, written in constants(text, code).items() if (one := re.fullmatch(r"const \w+(?: \w+)? = (\d+)", written))}
    for found in reversed(list(re.finditer(r"^(?:type)[ \t]+(\w+)[ \t]+struct[ \t]*\{", code, re.M))):
        end = closing(code, found.end() - 1)
        if end is None or struct_of(found[1], types) is not None:
            continue
        lines = []
        for line in re.split(r"[;\n]", code[found.end() : end]):
            field = re.fullmatch(r"\s*(\w+(?:\s*,\s*\w+)*)\s+((?:\[\w+\])*\w+)\s*(?:`\s*`)?\s*", line)
            type_ = re.sub(r"\[(\w+)\]", lambda m: f"[{numbers.get(m[1], m[1])}]", field[2]) if field else ""
            if field and struct_of("one", {**types, "one": f"struct {{ {field[1]} {type_} }}"}):
                lines.append(f"\t{field[1]} {type_}")
        if lines:
            text = "\n".join([text[: found.end()], *lines, text[end:]])
    return text
