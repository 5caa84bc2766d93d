"""Reads functions and their signatures out of C source, by tokens: no preprocessor, no includes, no symbol table of expressions.

Invariant: what is returned has a signature that is right, or is not returned. A function's text is cut out as written, except that storage
classes and attributes go, and that the file's own typedefs, enumerators and object-like macros of literals are put in, so that the
text stands alone. Limits: conditional compilation is ignored outside functions (both branches are read, the first definition of a
name counts) and a function with a preprocessor line inside is left out, as are function-like macros and old-style definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from transpile.corpus.signature import FLOATS, WIDTHS, Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<directive>(?<![^\n])[ \t]*\#(?:\\\r?\n|/\*.*?\*/|[^\n])*)"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\.?\d(?:[eEpP][+-]|[\w.'])*)"""
    r"""|(?P<mark>\.\.\.|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||::|.)""",
    re.DOTALL | re.VERBOSE,
)

_SCALARS = {
    "char": "i8", "signed char": "i8", "unsigned char": "u8", "short": "i16", "unsigned short": "u16", "int": "i32",
    "unsigned": "u32", "long": "i32", "unsigned long": "u32", "long long": "i64", "unsigned long long": "u64",
    "float": "f32", "double": "f64", "bool": "bool", "_Bool": "bool", "size_t": "usize", "ssize_t": "i32", "ptrdiff_t": "i32",
    "intptr_t": "i32", "uintptr_t": "usize",
    **{f"{'u' * (sign == 'u')}int{bits}_t": f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64)},
}  # fmt: skip
_BUILT_IN = frozenset({"char", "short", "int", "long", "signed", "unsigned", "float", "double"})
_QUALIFIERS = frozenset({"const", "volatile", "restrict", "__restrict", "__restrict__", "register"})
_STORAGE = frozenset({"static", "inline", "extern", "__inline", "__inline__", "_Noreturn", "constexpr", "noexcept"})

_LENGTH = re.compile(
    r"n|len|length|size|count|num|cap|na|nb|nc|n1|n2|(?:n|num|len)_\w+|\w*len|\w+_(?:n|count|size|cap)"
)  # fmt: skip


class Token(NamedTuple):
    """A named tuple, since files have many."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A type as declared: its name (a scalar's, or a struct's), and whether behind a pointer and const there."""

    type: str
    pointer: bool = False
    const: bool = False


def tokens(text: str) -> list[Token]:
    """Tokens without comments and white space; a whole preprocessor line is one of kind `directive`."""
    return [Token(m.lastgroup or "", m.group(), *m.span()) for m in _TOKEN.finditer(text) if m.lastgroup != "skip"]


def assign_lengths(parameters: list[Parameter]) -> tuple[Parameter, ...]:
    """Give each pointer the length parameter that C programmers' names tell (see the corpus's conventions)."""
    out = list(parameters)
    open_: list[int] = []
    for i, p in enumerate(parameters):
        if p.pointer:
            open_.append(i)
        elif open_ and p.type not in {*FLOATS, "bool"} and is_length(parameters, i):
            for pointer in open_:
                out[pointer] = replace(out[pointer], length=i)
            open_ = []
    return tuple(out)


def is_length(parameters: list[Parameter], i: int) -> bool:
    """Does the name say length? `m` does if no other parameter up to the next pointer is one."""
    name = parameters[i].name.lower()
    if name != "m":
        return bool(_LENGTH.fullmatch(name))
    for other in parameters[i + 1 :]:
        if other.pointer:
            break
        if other.type not in {*FLOATS, "bool"} and _LENGTH.fullmatch(other.name.lower()):
            return False
    return True

LONGEST_MACRO = 2000
"""Characters that a macro may stand for; one that doubles itself again and again stands for nothing."""



class CReader:
    """One source file. `functions()` gives what it defines."""

    unreadable = frozenset({"template", "class", "operator", "union", "namespace", "&", "::", "=", "..."})

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.tokens = tokens(text)
        self.scalars: dict[str, str] = dict(_SCALARS)
        self.structs: dict[str, Struct] = {}
        self.aliases: dict[str, str] = {}
        """typedef name of a struct -> the struct's name."""
        self.replaced: dict[str, str] = {}
        """What is put in for a word of a function's text."""
        self.found: dict[str, SourceFunction] = {}
        self.calls: dict[str, list[str]] = {}

    def functions(self) -> list[SourceFunction]:
        self.read(0, len(self.tokens))
        return [self.with_callees(name, ()) for name in self.found]

    def with_callees(self, name: str, above: tuple[str, ...]) -> SourceFunction:
        callees = [c for c in self.calls[name] if c != name and c not in above]
        return replace(self.found[name], callees=tuple(self.with_callees(c, (*above, name)) for c in callees if c in self.found))

    # ------------------------------------------------------------ top level

    def read(self, start: int, stop: int) -> None:
        """Read the declarations and definitions among the tokens of a range."""
        begin = i = start
        while i < stop:
            token = self.tokens[i]
            if token.kind == "directive":
                self.directive(token.text)
                if begin == i:
                    begin = i + 1
            elif token.text in "([":
                i = self.closing(i)
            elif token.text == ";":
                self.declaration(begin, i)
                begin = i + 1
            elif token.text == "{":
                end = self.closing(i)
                head = [t.text for t in self.tokens[begin:i]]
                if head == ["extern", '"C"']:
                    self.read(i + 1, end)
                    begin = end + 1
                elif not head or head[0] in {"namespace", "template"}:
                    begin = end + 1
                elif "(" in head and head[0] != "typedef" and head[-1] not in {"=", ","}:
                    self.function(begin, i, end)
                    begin = end + 1
                i = end
            i += 1

    def closing(self, i: int) -> int:
        """Index of the bracket that closes the one at `i` (or of the last token)."""
        depth = 0
        for j in range(i, len(self.tokens)):
            text = self.tokens[j].text
            if self.tokens[j].kind == "mark":
                depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
                if depth == 0:
                    return j
        return len(self.tokens) - 1

    def directive(self, text: str) -> None:
        """Remember an object-like macro that stands for a literal or for an expression of such."""
        match = re.match(r"\s*#\s*define\s+([A-Za-z_]\w*)[ \t]+(\S.*)$", re.sub(r"\\\r?\n", " ", text), re.DOTALL)
        if not match:
            return
        body = tokens(match[2])
        if sum(len(self.replaced.get(t.text, t.text)) for t in body) > LONGEST_MACRO:
            return
        if body and all(t.kind == "literal" or t.text in self.replaced or t.text in "()+-*/%<<>>|&^~" for t in body):
            self.replaced.setdefault(match[1], self.cut(body, match[2]))

    def declaration(self, start: int, stop: int) -> None:
        """struct, enum, typedef; anything else is none of ours."""
        words = [t.text for t in self.tokens[start:stop] if t.kind != "directive"]
        if not words:
            return
        is_typedef = words[0] == "typedef"
        if is_typedef:
            words = words[1:]
        if words[:1] == ["enum"]:
            self.enum(words, is_typedef)
        elif words[:1] == ["struct"]:
            self.struct(words, is_typedef)
        elif is_typedef and len(words) > 1 and words[-1].isidentifier():
            declared = self.type_of(words[:-1])
            if declared is not None and not declared.pointer and declared.type in WIDTHS and words[-1] not in _SCALARS:
                self.scalars[words[-1]] = declared.type
                self.replaced[words[-1]] = " ".join(self.replaced.get(w, w) for w in words[:-1])

    def enum(self, words: list[str], is_typedef: bool) -> None:
        if "{" not in words:
            return
        inside, after = words[words.index("{") + 1 : words.index("}")], words[words.index("}") + 1 :]
        value, base, negative = 0, "", False
        for item in split(inside):
            if len(item) > 2 and item[1] == "=":
                expression = " ".join(self.replaced.get(w, w) for w in item[2:])
                negative |= "-" in expression
                try:
                    base, value = "", int(expression, 0)
                except ValueError:
                    base, value = expression, 0
            if item and item[0].isidentifier():
                self.replaced[item[0]] = f"(({base}) + {value})" if base and value else f"({base})" if base else str(value)
                value += 1
        tag = [f"enum {words[1]}"] if words[1] != "{" else []
        alias = [after[-1]] if is_typedef and after else []
        for name in [*tag, *alias]:
            self.scalars[name] = "i32" if negative else "u32"
            if not tag or name in alias:
                self.replaced[name] = "int" if negative else "unsigned"

    def struct(self, words: list[str], is_typedef: bool) -> None:
        tag = words[1] if len(words) > 1 and words[1] != "{" else ""
        after = words[2:]
        if "{" in words:
            end = len(words) - 1 - words[::-1].index("}")
            after = words[end + 1 :]
            name = tag or (after[-1] if is_typedef and after else "")
            fields = self.fields(words[words.index("{") + 1 : end])
            if fields and name and words[2 if tag else 1] == "{":
                self.structs.setdefault(name, Struct(name, tuple(fields)))
            tag = name
        if is_typedef and len(after) == 1 and tag:
            self.aliases[after[0]] = tag
            self.replaced[after[0]] = f"struct {tag}"

    def fields(self, words: list[str]) -> list[tuple[str, str]] | None:
        """Fields of a struct, or None unless all are scalars."""
        out: list[tuple[str, str]] = []
        for line in split(words, ";"):
            if not line:
                continue
            first, *others = split(line)
            if len(first) < 2 or any(len(o) != 1 for o in others):
                return None
            declared = self.type_of(first[:-1])
            names = [first[-1], *(o[0] for o in others)]
            if declared is None or declared.pointer or declared.type not in WIDTHS or not all(n.isidentifier() for n in names):
                return None
            out += [(n, declared.type) for n in names]
        return out

    # ------------------------------------------------------------ types

    def type_of(self, words: list[str]) -> Declared | None:
        """The type that specifiers, qualifiers and at most one `*` say, or None where it is none of ours."""
        words = [w for w in words if w not in _STORAGE]
        pointer = "*" in words
        if words.count("*") > 1 or self.unreadable & set(words):
            return None
        base = words[: words.index("*")] if pointer else words
        if pointer and any(w not in _QUALIFIERS for w in words[words.index("*") + 1 :]):
            return None
        const = "const" in base
        names = [w for w in base if w not in _QUALIFIERS]
        type_ = self.named(names)
        return None if type_ is None else Declared(type_, pointer, pointer and const)

    def named(self, names: list[str]) -> str | None:
        if len(names) == 2 and names[0] == "struct":
            return names[1] if names[1] in self.structs else None
        if len(names) == 1 and names[0] in self.aliases:
            return self.aliases[names[0]] if self.aliases[names[0]] in self.structs else None
        if len(names) == 1 and names[0] in self.structs and self.language != "c":
            return names[0]
        if names and all(n in _BUILT_IN for n in names):
            return self.scalars.get(_ordered(names))
        return self.scalars.get(" ".join(names))

    # ------------------------------------------------------------ functions

    def function(self, start: int, brace: int, end: int) -> None:
        """A definition: tokens `start`..`brace` are its head, `end` its closing brace. Kept if its signature can be said."""
        head = [t for t in self.tokens[start:brace] if t.kind != "directive"]
        if any(t.kind == "directive" for t in self.tokens[brace:end]) or self.tokens[end].text != "}":
            return
        head = without_attributes(head)
        if head and head[-1].text == "noexcept":
            head.pop()
        words = [t.text for t in head]
        if "(" not in words or words[-1] != ")" or words.index("(") < 2:
            return
        paren = words.index("(")
        name = words[paren - 1]
        result = self.type_of(words[: paren - 1]) if words[: paren - 1] != ["void"] else None
        plain = [w for w in words[: paren - 1] if w not in _STORAGE]
        if plain != ["void"] and (result is None or result.pointer or result.type not in WIDTHS):
            return
        parameters = self.parameters(words[paren + 1 : -1])
        if parameters is None or name in self.found:
            return
        used = dict.fromkeys(p.type for p in parameters if p.type not in WIDTHS)
        signature = Signature(name, assign_lengths(parameters), result.type if result else None, tuple(self.structs[s] for s in used))
        written = [*(t for i, t in enumerate(head) if t.text not in _STORAGE or i > paren), *self.tokens[brace : end + 1]]
        self.found[name] = SourceFunction(self.language, signature, self.cut(written, self.text))
        body = self.tokens[brace:end]
        called = [a.text for a, b in pairwise(body) if a.kind == "word" and b.text == "("]
        self.calls[name] = list(dict.fromkeys(called))

    def parameters(self, words: list[str]) -> list[Parameter] | None:
        if words in ([], ["void"]):
            return []
        out = []
        for item in split(words):
            pointer = False
            if item and item[-1] == "]":  # `a[]`, `a[n]`, `a[static 4]`
                if item.count("[") != 1 or "*" in item:
                    return None
                item, pointer = item[: item.index("[")], True
            if len(item) < 2 or not item[-1].isidentifier() or "(" in item:
                return None
            declared = self.type_of(item[:-1])
            if declared is None or item[-1] in _SCALARS or item[-1] in _BUILT_IN | _QUALIFIERS:
                return None
            pointer = pointer or declared.pointer
            if declared.type not in WIDTHS and not pointer:
                return None
            out.append(Parameter(item[-1], declared.type, pointer, pointer and "const" in item[: item.index("*") if "*" in item else None]))
        return out

    def cut(self, written: list[Token], text: str) -> str:
        """The tokens of a text, with the white space and comments between them, and with what stands for a word put in."""
        parts = []
        for before, token in zip([None, *written[:-1]], written, strict=True):
            if before is not None:
                between = text[before.end : token.start]
                parts.append(between if not between.strip() or between.lstrip().startswith("/") else " ")
            replacement = self.replaced.get(token.text) if token.kind == "word" else None
            if replacement is not None and before is not None and before.text in {".", "->", "struct", "enum"}:
                replacement = None
            parts.append(replacement if replacement is not None else token.text)
        return "".join(parts)


def _ordered(names: list[str]) -> str:
    """`long unsigned int` in the one order that the table knows."""
    rest = [n for n in names if n not in {"signed", "unsigned"}]
    if len(rest) > 1:
        rest = [n for n in rest if n != "int"]
    if "unsigned" in names:
        return " ".join(["unsigned", *(n for n in rest if n != "int")])
    return "signed char" if rest == ["char"] and "signed" in names else " ".join(rest or ["int"])


def split(words: list[str], separator: str = ",") -> Iterator[list[str]]:
    """Parts between separators outside brackets."""
    depth, part = 0, []
    for w in words:
        depth += (w in {"(", "[", "{"}) - (w in {")", "]", "}"})
        if w == separator and depth == 0:
            yield part
            part = []
        else:
            part.append(w)
    yield part


def without_attributes(head: list[Token]) -> list[Token]:
    """A head without `__attribute__((...))`, `__declspec(...)` and `[[...]]`, and without `extern "C"`."""
    out: list[Token] = []
    depth, inside = 0, False
    for token, following in zip_longest(head, head[1:]):
        if not inside:
            square = token.text == "[" and following is not None and following.text == "["
            inside, depth = square or token.text in {"__attribute__", "__declspec", "alignas", "_Alignas"}, 0
            if not inside:
                if token.text != '"C"':
                    out.append(token)
                continue
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if depth == 0 and token.text in {")", "]"}:
            inside = False
    return out
