"""Functions cut out of real C, each with what it needs: the reader of preprocessed files.

On top of what `CReader` understands, types that only the body needs (structs, unions, typedefs of arrays and pointers) are defined inside the
body, where C allows them; constants are put in; `void *` parameters become byte pointers. A function that touches a variable outside itself
is left out; why each one is left out is kept in `problems`.
Invariant: as `CReader`'s. Limits: as `CReader`'s, except for the preprocessor, which has run already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from transpile.corpus.c_reader import _QUALIFIERS, _SCALARS, _STORAGE, CReader, Declared, Token, assign_lengths, split, tokens, without_attributes
from transpile.corpus.preprocessor import Preprocessed
from transpile.corpus.real_tidy import plain_numbers, without_brackets
from transpile.corpus.signature import WIDTHS, Parameter, Signature
from transpile.corpus.source import SourceFunction

_CONTROL = frozenset({"if", "while", "for", "switch", "return", "sizeof", "else", "do", "case", "_Alignof"})
_ALIASES = {
    **{f"{u}int_{kind}{bits}_t": f"{u}int{bits}_t" for u in ("", "u") for kind in ("fast", "least") for bits in (8, 16, 32, 64)},
    **{f"u_int{bits}_t": f"uint{bits}_t" for bits in (8, 16, 32, 64)},
    "intmax_t": "int64_t", "uintmax_t": "uint64_t", "u_char": "uint8_t", "u_short": "uint16_t", "u_int": "uint32_t", "uint": "uint32_t",
    "u_long": "uint32_t", "ulong": "uint32_t", "ushort": "uint16_t", "off_t": "int64_t", "time_t": "int64_t", "wchar_t": "int32_t",
    "wint_t": "uint32_t", "float_t": "float", "double_t": "double",
}  # fmt: skip
"""Types of the system's headers, which are not read, as wasm32 has them (the fast ones in their exact width)."""


class CutReader(CReader):
    """One preprocessed C file; `cut_out()` gives the functions of the file itself that stand alone."""

    unreadable = frozenset({"template", "class", "operator", "union", "namespace", "&", "::", "=", "..."})

    def __init__(self, preprocessed: Preprocessed, language: str, known: frozenset[str]) -> None:
        super().__init__(preprocessed.text, language)
        self.own = preprocessed.own
        self.known = known
        self.indirect: dict[str, Declared] = {}
        """typedef name of a pointer or an array -> what it points to."""
        self.definitions: dict[str, list[str]] = {}
        """`struct X`, `union X` or a typedef's name -> the definition's words."""
        self.variables: set[str] = set()
        self.enums: dict[str, str] = {}
        for written, meant in _ALIASES.items():
            self.scalars[written], self.replaced[written] = _SCALARS[meant], meant
        self.sizes: dict[str, int] = {}
        self.places: dict[str, int] = {}
        """Where each function's definition starts in the text."""
        self.heads: dict[str, tuple[list[Token], int, int]] = {}
        """For each function its head, and the places of its brackets among the tokens."""
        self.written: dict[str, str] = {}
        """The functions of `found` as they stand in the preprocessed file."""
        self.hidden: set[str] = set()
        """Functions that other files do not see."""
        self.problems: dict[str, str] = {}
        """Why a function that was looked at is not in `found`."""

    def read_all(self) -> None:
        """Read the file: afterwards `found` or `problems` has each function of the file itself, and each that such a one calls."""
        self.read(0, len(self.tokens))
        todo = [name for name, place in self.places.items() if self.own(place)]
        for name in todo:
            self.define(name, *self.heads[name])
            todo += [c for c in self.calls[name] if c in self.places and c not in self.calls and c not in todo]
        self.tokens, self.text, self.heads = [], "", {}  # many files are read before the first is done with

    # ------------------------------------------------------------ declarations

    def declaration(self, start: int, stop: int) -> None:
        words = [t.text for t in self.tokens[start:stop] if t.kind != "directive"]
        while words[:1] and words[0] in {"extern", "static", "const", "inline", "volatile"} and len(words) > 1:
            words = words[1:]
        if not words:
            return
        super().declaration(start, stop)
        is_typedef = words[0] == "typedef"
        if is_typedef:
            words = words[1:]
            while words and words[0] in _QUALIFIERS:
                words = words[1:]
        if not words:
            return
        base, rest = words, []
        if words[0] in {"struct", "union"} and "{" in words:
            end = len(words) - 1 - words[::-1].index("}")
            rest = words[end + 1 :]
            inside = words[words.index("{") : end + 1]
            names = [p for p in split(rest) if len(p) == 1]
            tag = words[1] if words[1] != "{" else (names[0][0] if names and is_typedef else "")
            if tag:
                base = [words[0], tag]
                self.definitions.setdefault(" ".join(base), [*base, *inside, ";"])
            else:
                return
        elif words[0] == "enum" and "{" in words:
            end = len(words) - 1 - words[::-1].index("}")
            rest = words[end + 1 :]
            if words[1] != "{":
                kind = self.scalars.get(f"enum {words[1]}", "i32")
                self.enums[words[1]] = "int" if kind == "i32" else "unsigned"
            if not is_typedef:
                self.variables.update(p[0] for p in split(rest) if p and p[0].isidentifier())
            return
        elif is_typedef:
            first = next(split(words))
            count = 2 if first[0] in {"struct", "union", "enum"} else 0
            if not count:
                while count < len(first) - 1 and (first[count] in _QUALIFIERS or first[count].isidentifier()) and first[count + 1] not in "[":
                    count += 1
            base, rest = words[:count], words[count:]
        else:
            self.variable(words)
            return
        for declarator in split(rest):
            names = [w for w in declarator if w.isidentifier() and w not in _QUALIFIERS]
            if not names:
                continue
            if not is_typedef:
                self.variables.add(names[0])
            elif len(declarator) == 1:
                if base[0] == "union":
                    self.replaced.setdefault(names[0], " ".join(base))
            else:
                self.definitions.setdefault(names[0], ["typedef", *base, *declarator, ";"])
                self.indirection(names[0], base, declarator)

    def indirection(self, name: str, base: list[str], declarator: list[str]) -> None:
        """Remember what a typedef of a pointer or of a flat array stands for as a parameter."""
        inner = self.type_of(base)
        if inner is None or inner.pointer:
            return
        if declarator == ["*", name]:
            self.indirect[name] = Declared(inner.type, True, "const" in base)
        elif declarator[:2] == [name, "["] and declarator.count("[") == 1:
            self.indirect[name] = Declared(inner.type, True, False)

    def variable(self, words: list[str]) -> None:
        """A variable of the file: a constant scalar is put in where it is used; others are remembered."""
        first = next(split(words))
        head = first[: first.index("=")] if "=" in first else first
        if "(" in head or (len(head) == 2 and head[0] in {"struct", "union", "enum"}):
            return  # a prototype, or a tag alone
        names = [w for w in head if w.isidentifier()]
        if names:
            self.variables.add(names[-1] if "[" not in head else head[max(head.index("[") - 1, 0)])

    # ------------------------------------------------------------ types

    def type_of(self, words: list[str]) -> Declared | None:
        names = [w for w in words if w not in _QUALIFIERS and w not in _STORAGE]
        if len(names) == 1 and names[0] in self.indirect:
            found = self.indirect[names[0]]
            is_array = "[" in self.definitions[names[0]]
            return replace(found, const=found.const or (is_array and "const" in words))
        if names == ["void", "*"]:
            return Declared("u8", True, "const" in words[: words.index("*")])
        return super().type_of(words)

    def parameters(self, words: list[str]) -> list[Parameter] | None:
        if any("]" in item and any(w in self.indirect for w in item) for item in split(words)):
            return None  # an array of arrays
        return super().parameters(words)

    def named(self, names: list[str]) -> str | None:
        if len(names) == 2 and names[0] == "enum":
            return self.scalars.get(" ".join(names), "i32")
        return super().named(names)

    # ------------------------------------------------------------ functions

    def function(self, start: int, brace: int, end: int) -> None:
        """Note a definition; it is looked at when all types are known, and only if it is needed."""
        head = self.head(start, brace)
        words = [t.text for t in head]
        if "(" not in words or words.index("(") < 1 or self.tokens[end].text != "}":
            return
        name = words[words.index("(") - 1]
        if name.isidentifier() and name not in self.places:
            self.places[name] = self.tokens[start].start
            self.heads[name] = (head, brace, end)
            if "static" in words:
                self.hidden.add(name)

    def head(self, start: int, brace: int) -> list[Token]:
        """A definition's head without attributes and what is left of them."""
        head = without_attributes(self.tokens[start:brace])
        before = next((i for i, t in enumerate(head) if t.text == "("), 0) - 1
        # A word in capitals that means nothing here is a macro (API, INLINE) whose header was not there.
        return [t for i, t in enumerate(head) if i >= before or not re.fullmatch(r"[A-Z_][A-Z0-9_]+", t.text) or self.means(t.text)]

    def define(self, name: str, head: list[Token], brace: int, end: int) -> None:
        """Put a noted definition into `found`, or the reason why not into `problems`."""
        words = [t.text for t in head]
        paren = words.index("(")
        body = self.tokens[brace : end + 1]
        self.sizes[name] = len(body)
        self.calls[name] = list(dict.fromkeys(a.text for a, b in pairwise(body) if a.kind == "word" and b.text == "(" and a.text not in _CONTROL))
        problem = self.problem(words, paren, body)
        if problem:
            self.problems[name] = problem
            return
        result_words = [w for w in words[: paren - 1] if w not in _STORAGE]
        result = None if result_words == ["void"] else self.type_of(words[: paren - 1])
        if result_words != ["void"] and (result is None or result.pointer or result.type not in WIDTHS):
            pointer = "*" in result_words or (result is not None and result.pointer)
            self.problems[name] = "result is a pointer" if pointer else "type of the result"
            return
        parameters = self.parameters(words[paren + 1 : -1])
        if parameters is None:
            self.problems[name] = self.why(words[paren + 1 : -1])
            return
        if len({p.name for p in parameters}) < len(parameters):
            self.problems[name] = "parameter: names"
            return
        used = dict.fromkeys(p.type for p in parameters if p.type not in WIDTHS)
        signature = Signature(name, assign_lengths(parameters), result.type if result else None, tuple(self.structs[s] for s in used))
        written = [*(t for i, t in enumerate(head) if t.text not in _STORAGE or i > paren), *body]
        cut = [t.text for t in tokens(plain_numbers(self.cut(written, self.text)))]
        text = self.with_types(" ".join(without_brackets(cut, self.means)), set(used))
        self.found[name] = SourceFunction(self.language, signature, text)
        self.written[name] = self.text[self.places[name] : self.tokens[end].end]

    def means(self, word: str) -> bool:
        """Whether a word names a type."""
        return word in self.scalars or word in self.aliases or word in self.indirect or word in self.definitions or word in self.structs

    def problem(self, words: list[str], paren: int, body: Sequence[Token]) -> str:
        """Why a definition is left out whatever its types, or ''."""
        if words[-1] != ")":
            return "head not understood"
        texts = {t.text for t in body if t.kind == "word"}
        if texts & {"asm", "__asm__", "__asm"}:
            return "inline assembly"
        if any(t.startswith(("__m128", "__m256", "_mm", "v128", "wasm_", "__int128", "__builtin_va")) for t in texts) or "va_list" in texts:
            return "intrinsics"
        if texts & {"_Atomic", "pthread_mutex_t", "thread_local", "_Thread_local", "__thread"}:
            return "threads"
        if any(t.text == "static" for t in body):
            return "static data"
        local = self.variables & texts
        if local:
            members = {b.text for a, b in pairwise(body) if a.text in {".", "->"}}
            plain = {b.text for a, b in pairwise(body) if b.kind == "word" and a.text not in {".", "->"}}
            if (local - members) | (local & plain):
                return "variables of the file"
        return ""

    def why(self, words: list[str]) -> str:
        """What in a parameter list can't be said."""
        if "..." in words:
            return "variable arguments"
        for item in split(words):
            if self.parameters(item) is None:
                if "(" in item or any("(" in self.definitions.get(w, []) for w in item):
                    return "parameter: function pointer"
                if item.count("*") + item.count("[") > 1:
                    return "parameter: pointer to pointer"
                structs = [w for w in item if w in self.aliases or f"struct {w}" in self.definitions or f"union {w}" in self.definitions]
                if structs:
                    tag = self.aliases.get(structs[0], structs[0])
                    if tag in self.structs:
                        return "parameter: struct by value"
                    return "parameter: struct of more than scalars"
                if any(w in self.definitions for w in item):
                    return "parameter: other typedef"
                if "struct" in item:
                    return "parameter: struct unknown"
                return "parameter: type unknown"
        return "parameter"

    def put_in(self, words: Sequence[str]) -> list[str]:
        """A definition's words with what stands for a name put in, but for tags and the name that is defined."""
        return [w if before in {"struct", "union", "enum", ".", "->"} else self.replaced.get(w, w) for before, w in pairwise(["", *words])]

    def with_types(self, text: str, known: set[str]) -> str:
        """A function's text with the types that only its body needs defined at the body's start."""
        text = re.sub(r"\benum\s+([A-Za-z_]\w*)", lambda m: self.enums.get(m[1], "int"), text)
        order: list[str] = []

        def need(words: Sequence[str]) -> None:
            for before, word in pairwise(["", *words]):
                key = f"{before} {word}" if before in {"struct", "union"} else word
                if key in order or key not in self.definitions or (before == "struct" and word in known) or before in {".", "->"}:
                    continue
                order.append(key)
                inside = self.put_in(self.definitions[key])
                need(" ".join(inside[2:] if before in {"struct", "union"} else inside[1:-2]).split())
                order.remove(key)
                order.append(key)

        brace = text.index("{")
        need([t.text for t in tokens(text[brace:])])
        if not order:
            return text
        written = []
        for key in order:
            one = " ".join(self.put_in(self.definitions[key]))
            written.append(re.sub(r"\benum\s+([A-Za-z_]\w*)", lambda m: self.enums.get(m[1], "int"), one))
        return f"{text[:brace]}{{ {' '.join(written)} {text[brace + 1 :]}"
