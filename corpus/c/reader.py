"""Reads functions and their signatures out of C source, by tokens: no preprocessor, no includes, no symbol table of expressions.

Invariant: what is returned has a signature that is right, or is not returned. A function's text is cut out as written, except that storage
classes and attributes go, and that the file's own typedefs, enumerators and object-like macros of literals are put in, so that the
text stands alone. What is declared nowhere in full can be pointed to, as bytes of unknown type; so can, from within structs, unions and
structs that no signature can say. Limits: conditional compilation is ignored outside functions (both branches are read, the first definition of a
name counts) and a function with a preprocessor line inside is left out, as are function-like macros and old-style definitions.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from transpile.corpus.c.words import BUILT_IN, QUALIFIERS, SCALARS, STORAGE, Token, split, tokens, without_attributes
from transpile.corpus.real.types import UNKNOWN, CTypes, plain, split_storage
from transpile.corpus.signature import FLOATS, WIDTHS, Array, Function, Parameter, Pointer, Signature, Struct, gather_structs, leaves_of, pointer_to, read_type
from transpile.corpus.source import SourceFunction

_LENGTH = re.compile(
    r"n|len|length|size|count|num|cap|na|nb|nc|n1|n2|(?:n|num|len)_\w+|\w*len|\w+_(?:n|count|size|cap)"
)  # fmt: skip


_INTEGERS = frozenset(WIDTHS) - FLOATS - {"bool"}
LONGEST_MACRO = 2000
"""Characters that a macro may stand for; one that doubles itself again and again stands for nothing."""
_LONGEST_TYPE = 500
_UNSAYABLE = frozenset({"__attribute__", "__declspec", "alignas", "_Alignas", "static", "typedef", "virtual", "private", "protected", "using"})
"""Words in a struct's definition with which it is more than its fields."""


class Unsayable(Exception):
    """A type that no signature can hold."""


def assign_lengths(parameters: list[Parameter]) -> tuple[Parameter, ...]:
    """Give each pointer the length parameter that C programmers' names tell (see the corpus's conventions)."""
    out = list(parameters)
    open_: list[int] = []
    for i, p in enumerate(parameters):
        if p.pointer:
            open_.append(i)
        elif open_ and p.type in _INTEGERS and is_length(parameters, i):
            for pointer in open_:
                out[pointer] = replace(out[pointer], length=i)
            open_ = []
    for i, (count, texts) in enumerate(pairwise(parameters)):
        if (count.name, texts.name) == ("argc", "argv") and texts.pointer:
            out[i + 1] = replace(texts, length=i)
    return tuple(out)


def is_length(parameters: list[Parameter], i: int) -> bool:
    """Does the name say length? `m` does if no other parameter up to the next pointer is one."""
    name = parameters[i].name.lower()
    if name != "m":
        return bool(_LENGTH.fullmatch(name))
    for other in parameters[i + 1 :]:
        if other.pointer:
            break
        if other.type in _INTEGERS and _LENGTH.fullmatch(other.name.lower()):
            return False
    return True


class CReader:
    """One source file. `functions()` gives what it defines."""

    unreadable = frozenset({"template", "class", "operator", "namespace", "&", "::", "=", "..."})

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.tokens = tokens(text)
        self.scalars: dict[str, str] = dict(SCALARS)
        self.structs: dict[str, Struct] = {}
        self.replaced: dict[str, str] = {}
        """What is put in for a word of a function's text."""
        self.types = CTypes(self.scalars, self.replaced)
        self.barred: set[str] = set()
        """Structs whose fields do not lie as C would have them."""
        self.stored: set[str] = set()
        """Structs that are not as written, but as their memory is."""
        self.packed = False
        self._within: list[str] = []
        """Structs whose fields are being read."""
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
        """Remember an object-like macro that stands for a literal or for an expression of such, and whether structs are packed now."""
        if re.match(r"\s*#\s*pragma\s+pack\b", text):
            self.packed = not re.search(r"pop|\(\s*\)", text)
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
        elif words[0] in ("struct", "union"):
            self.struct(words, is_typedef)
        elif is_typedef and len(words) > 1:
            self.typedef(words)

    def enum(self, words: list[str], is_typedef: bool) -> None:
        if "{" not in words:
            if is_typedef and len(words) > 2:
                self.typedef(words)
            return
        scoped, under = words[1:2] in (["class"], ["struct"]), ""
        words = [words[0], *words[2:]] if scoped else words
        if ":" in (head := words[: words.index("{")]):
            under = self.types.base(head[head.index(":") + 1 :])[0]
            words = [*head[: head.index(":")], *words[len(head) :]]
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
        alias += [words[1]] if tag and self.language != "c" else []
        for name in [*tag, *alias]:
            self.scalars[name] = under if under in WIDTHS else "i32" if negative or scoped else "u32"
            if not tag or name in alias:
                self.replaced[name] = "int" if negative else "unsigned"

    def struct(self, words: list[str], is_typedef: bool) -> None:
        tag = words[1] if len(words) > 1 and words[1].isidentifier() else ""
        if "{" not in words:
            if is_typedef:
                self.typedef(words)
            return
        end = len(words) - 1 - words[::-1].index("}")
        after = [d for d in split(words[end + 1 :]) if d]
        name = tag or next((d[0] for d in after if len(d) == 1 and is_typedef), "")
        if not name or words[2 if tag else 1] != "{":
            return
        self.types.add_record([words[0], name, *words[words.index("{") : end + 1]])
        if self.packed or _UNSAYABLE & set(words) or "[[" in " ".join(words).replace("[ [", "[["):
            self.barred.add(name)
        if self.language != "c":
            self.types.add_typedef(name, [words[0], name], [name])
        for declarator in after if is_typedef else ():
            self.alias([words[0], name], declarator)

    def typedef(self, words: list[str]) -> None:
        """A typedef of anything but what it defines itself, or several."""
        _, _, rest = self.types.base(words)
        for declarator in split(rest):
            self.alias(words[: len(words) - len(rest)], declarator)

    def alias(self, base: list[str], declarator: list[str]) -> None:
        """One name of a typedef, and what stands for it in a text."""
        name = next((w for w in declarator if w.isidentifier() and w not in QUALIFIERS), "")
        if not name or name in SCALARS or name in self.types.typedefs or self.unreadable & {*base, *declarator}:
            return
        self.types.add_typedef(name, base, declarator)
        tagged = base[0] in {"struct", "union", "enum"}
        written = [w if tagged and k == 1 else self.replaced.get(w, w) for k, w in enumerate(base)]
        if declarator == [name]:
            if base[1:] != [name] or self.language == "c":
                self.replaced[name] = " ".join(written)
            type_, _ = self.types.named(name)
            if type_ in WIDTHS:
                self.scalars[name] = type_
        else:
            inner = [self.replaced.get(w, w) for w in declarator if w != name]
            self.replaced[name] = f"__typeof__({' '.join([*written, *inner])})"

    # ------------------------------------------------------------ types

    def say(self, type_: str, *, pointed: bool = False) -> str:
        """A type of `CTypes` as signatures have it; `pointed`: what is not known is void. Raises Unsayable."""
        if type_.startswith("F(") or len(type_) > _LONGEST_TYPE:
            raise Unsayable
        match read_type(plain(type_)):
            case Pointer(to=to, const=const):
                try:
                    return pointer_to(self.say(to, pointed=True), const)
                except Unsayable:
                    if not self._within:
                        raise
                    return pointer_to("void", const)
            case Array(count=count, of=of):
                if not count:
                    raise Unsayable
                return f"[{count}]{self.say(of)}"
            case Function(parameters=parameters, result=result):
                return f"fn({','.join(map(self.say, parameters))}){self.say(result) if result else ''}"
            case name:
                if name in WIDTHS or (name == "void" and pointed):
                    return type_
                if name == UNKNOWN or name not in self.types.records:
                    if pointed:
                        return "void"
                    raise Unsayable
                self.know(type_)
                return type_

    def know(self, name: str) -> None:
        """Put a struct into `structs`. Raises Unsayable."""
        if name in self.structs or name in self._within:
            return
        layout = self.types.layout(name)
        if name in self.barred or layout is None or not layout.fields:
            raise Unsayable
        kept, stored = split_storage(layout)
        self._within.append(name)
        try:
            placed = [(f.offset, f.name, self.say(f.type)) for f in kept]
        finally:
            self._within.pop()
        fields = tuple((field, type_) for _, field, type_ in sorted([*placed, *stored]))
        struct = Struct(name, fields, field_lengths(name, fields), align=1 if layout.whole else layout.align)
        if not layout.whole:
            known = tuple(self.structs.values())
            offsets, size = struct.layout(known)
            if size != layout.size or [at for _, _, at in offsets] != sorted(at for at, _, _ in [*placed, *stored]):
                raise Unsayable
            self.stored.add(name)
        self.structs[name] = struct

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
        if "(" not in words or words[-1] != ")" or words.index("(") < 2 or self.unreadable & set(words):
            return
        paren = words.index("(")
        name = words[paren - 1]
        if name in self.found or not name.isidentifier() or name in BUILT_IN:
            return
        try:
            signature = self.signature(name, words[: paren - 1], words[paren + 1 : -1])
        except (Unsayable, KeyError, RecursionError):
            return
        written = [*(t for i, t in enumerate(head) if t.text not in STORAGE or i > paren), *self.tokens[brace : end + 1]]
        self.found[name] = SourceFunction(self.language, signature, self.cut(written, self.text))
        body = self.tokens[brace:end]
        called = [a.text for a, b in pairwise(body) if a.kind == "word" and b.text == "("]
        self.calls[name] = list(dict.fromkeys(called))

    def signature(self, name: str, before: list[str], words: list[str]) -> Signature:
        """The signature that a definition's head says: what stands before its name, and between its brackets. Raises Unsayable, KeyError."""
        found = self.types.declared(before)
        if found is None or found[0]:
            raise Unsayable
        result = None if found[1] == "void" else self.say(found[1])
        if result is not None and result.startswith("["):
            raise Unsayable
        parameters = [
            replace(p, type="u8") if p.type == "void" and p.length is not None else p for p in assign_lengths(self.parameters(words))
        ]
        structs = gather_structs([*(p.whole for p in parameters), *([result] if result else [])], self.structs)
        for whole in (*(p.whole for p in parameters), result):
            if whole in self.stored and len(leaves_of(whole, structs)) == 1:
                raise Unsayable  # C passes it in another way than a struct of one number
        return Signature(name, tuple(parameters), result, structs)

    def parameters(self, words: list[str]) -> list[Parameter]:
        """Raises Unsayable."""
        found = self.types.parameters([w for item in split(words) for w in (*_unsized(item), ",")][:-1])
        if found is None:
            raise Unsayable
        out = []
        for name, type_ in found:
            if not name or name in SCALARS or name in BUILT_IN | QUALIFIERS or name in [p.name for p in out]:
                raise Unsayable
            said = self.say(type_)
            pointer = read_type(said)
            out.append(Parameter(name, pointer.to, True, pointer.const) if isinstance(pointer, Pointer) else Parameter(name, said))
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


def _unsized(item: list[str]) -> list[str]:
    """A parameter without the size of its outermost array, which means nothing."""
    depth = 0
    for i, word in enumerate(item):
        if word == "[" and depth == 0:
            return [*item[: i + 1], *item[item.index("]", i) :]] if "]" in item[i:] else item
        depth += (word == "(") - (word == ")")
    return item


def field_lengths(name: str, fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Which pointers among a struct's fields have a length, by the rules for parameters; pointers to the struct itself link, and text that does
    not stand right before a length ends in NUL."""
    parameters = []
    for field, type_ in fields:
        pointer = read_type(type_)
        counted = isinstance(pointer, Pointer) and pointer.to != name
        parameters.append(Parameter(field, pointer.to if counted and isinstance(pointer, Pointer) else type_, counted))
    out = []
    for i, parameter in enumerate(assign_lengths(parameters)):
        if parameter.length is not None and (parameter.type not in ("i8", "u8") or parameter.length == i + 1):
            out.append((parameter.name, fields[parameter.length][0]))
    return tuple(out)
