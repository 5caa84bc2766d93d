"""Functions cut out of real C, each with what it needs: the reader of preprocessed files.

A definition becomes a `Draft`; `write` makes a function of it once it is known which functions go together, since the structs of its signature
hold what all of them name (`types`). Types that only the body needs are defined inside the body, where C allows them, and so are constants and
constant tables of the file. A function that touches another variable outside itself is left out; why each one is left out is in `problems`.
Invariant: as `CReader`'s. Limits: as `CReader`'s, except for the preprocessor, which has run already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from transpile.corpus.c.preprocessor import Preprocessed
from transpile.corpus.c.reader import CReader, assign_lengths
from transpile.corpus.c.words import BUILT_IN, QUALIFIERS, SCALARS, STORAGE, Token, split, tokens, without_attributes
from transpile.corpus.real.declared import drafted
from transpile.corpus.real.draft import Draft, in_need_order, is_constant, members_of, outside_brackets, struct_text, uses, without_clashes
from transpile.corpus.real.reduce import Reduction, Unsayable
from transpile.corpus.real.tidy import plain_numbers, without_brackets
from transpile.corpus.real.types import SYSTEM_TYPES, UNKNOWN, CTypes
from transpile.corpus.signature import FLOATS, WIDTHS, Parameter, Pointer, Signature, Struct, read_type
from transpile.corpus.source import SourceFunction

_CONTROL = frozenset({"if", "while", "for", "switch", "return", "sizeof", "else", "do", "case", "_Alignof"})
_ADDRESS = re.compile(r"\(\s*(?:volatile\s[^()]*|[^()]*\svolatile\s*)\*\s*\)\s*\(?\s*(?:0[xX][0-9a-fA-F]{3,}|\d{4,})")
"""A register of a device: a number as the address of something volatile."""
LONGEST_TABLE = 1500
"""Words of a constant table that comes along."""


class CutReader(CReader):
    """One preprocessed C file. `drafts` are the functions that can be had as far as the file itself tells."""

    unreadable = frozenset({"template", "class", "operator", "union", "namespace", "&", "::", "=", "..."})

    def __init__(self, preprocessed: Preprocessed, language: str, known: frozenset[str]) -> None:
        super().__init__(preprocessed.text, language)
        self.own = preprocessed.own
        self.known = known
        for written, meant in SYSTEM_TYPES.items():
            self.scalars[written], self.replaced[written] = SCALARS[meant], meant
        self.types = CTypes(self.scalars, self.replaced)
        self.definitions: dict[str, list[str]] = {}
        """`struct X`, `union X` or a typedef's name -> the definition's words."""
        self.variables: set[str] = set()
        self.constants: dict[str, list[str]] = {}
        """Variables that never change, with the words of their definition."""
        self.enums: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.places: dict[str, int] = {}
        """Where each function's definition starts in the text."""
        self.heads: dict[str, tuple[list[Token], int, int]] = {}
        """For each function its head, and the places of its brackets among the tokens."""
        self.drafts: dict[str, Draft] = {}
        self.hidden: set[str] = set()
        """Functions that other files do not see."""
        self.declared: dict[str, Draft] = {}
        """Functions that are called and that the file or its headers declare: of each its type, and no text."""
        self.undeclarable: set[str] = set()
        """Others that are declared, with a type that can't be said."""
        self.prototypes: dict[str, list[Token]] = {}
        self.headers = preprocessed.prototypes
        self.problems: dict[str, str] = {}
        """Why a function that was looked at has no draft."""

    def read_all(self) -> None:
        """Read the file: afterwards `drafts` or `problems` has each function of the file itself, and each that such a one calls."""
        self.read(0, len(self.tokens))
        todo = [name for name, place in self.places.items() if self.own(place)]
        for name in todo:
            self.define(name, *self.heads[name])
            todo += [c for c in self.calls[name] if c in self.places and c not in self.calls and c not in todo]
        for name in {*self.calls, *(c for called in self.calls.values() for c in called)}:
            self.declare(name)
        self.tokens, self.text, self.heads = [], "", {}  # many files are read before the first is done with
        self.headers, self.prototypes = {}, {}

    def declare(self, name: str) -> None:
        """Put a function's type into `declared`, if it can be said."""
        head = self.heads[name][0] if name in self.heads else self.prototypes.get(name) or tokens(self.headers.get(name, ""))
        draft = drafted(name, head, self.types, self.means)
        if draft is not None:
            self.declared[name] = draft
        elif head:
            self.undeclarable.add(name)

    # ------------------------------------------------------------ declarations

    def declaration(self, start: int, stop: int) -> None:
        written = [t.text for t in self.tokens[start:stop] if t.kind != "directive"]
        words = list(written)
        while words[:1] and words[0] in {"extern", "static", "const", "inline", "volatile"} and len(words) > 1:
            words = words[1:]
        is_typedef = words[:1] == ["typedef"]
        while is_typedef and words and (words[0] == "typedef" or words[0] in QUALIFIERS):
            words = words[1:]
        if not words:
            return
        base, rest = words, []
        if words[0] == "enum":
            if "{" not in words:
                rest = words[2:]
                base = words[:2]
            else:
                self.enum(words, is_typedef)
                end = len(words) - 1 - words[::-1].index("}")
                if words[1] != "{":
                    self.enums[words[1]] = "int" if self.scalars.get(f"enum {words[1]}", "i32") == "i32" else "unsigned"
                if not is_typedef:
                    self.variables.update(p[0] for p in split(words[end + 1 :]) if p and p[0].isidentifier())
                return
        elif words[0] in {"struct", "union"} and "{" in words:
            opening = words.index("{")
            if opening > 2:
                return self.variable(written, start, stop)  # a variable with a value in braces
            end = len(words) - 1 - words[::-1].index("}")
            rest = words[end + 1 :]
            names = [p for p in split(rest) if len(p) == 1]
            tag = words[1] if words[1] != "{" else (names[0][0] if names and is_typedef else "")
            if not tag:
                self.variables.update(p[0] for p in split(rest) if p and p[0].isidentifier())
                return None
            base = [words[0], tag]
            self.types.add_record([*base, *words[opening : end + 1]])
            self.definitions.setdefault(" ".join(base), [*base, *words[opening : end + 1], ";"])
        elif is_typedef:
            first = next(split(words))
            count = 2 if first[0] in {"struct", "union", "enum"} else 0
            if not count:
                while count < len(first) - 1 and (first[count] in QUALIFIERS or first[count].isidentifier()) and first[count + 1] not in "[":
                    count += 1
            base, rest = words[:count], words[count:]
        else:
            return self.variable(written, start, stop)
        for declarator in split(rest):
            names = [w for w in declarator if w.isidentifier() and w not in QUALIFIERS]
            if not names:
                continue
            if is_typedef:
                self.type_name(names[0], base, declarator)
            else:
                self.variables.add(names[0])
        return None

    def type_name(self, name: str, base: list[str], declarator: list[str]) -> None:
        """One name that a typedef gives."""
        if name in SCALARS:
            return
        self.types.add_typedef(name, base, declarator)
        if declarator != [name]:
            self.definitions.setdefault(name, ["typedef", *base, *declarator, ";"])
        elif base[0] in {"struct", "union"}:
            self.replaced.setdefault(name, " ".join(base))
        elif base[0] != "enum":
            type_, _, _ = self.types.base(base)
            if type_ in WIDTHS:
                self.scalars.setdefault(name, type_)
                self.replaced.setdefault(name, " ".join(self.replaced.get(w, w) for w in base))
            elif type_ != UNKNOWN:
                self.definitions.setdefault(name, ["typedef", *base, name, ";"])

    def variable(self, words: list[str], start: int, stop: int) -> None:
        """A variable of the file, or several; what is constant and has a value may come along. Or the prototype of a function."""
        first = next(split(words))
        head = first[: first.index("=")] if "=" in first else first
        if "(" in (head[: head.index("[")] if "[" in head else head) and "=" not in first and head[head.index("(") + 1 :][:1] != ["*"]:
            if head.index("("):
                self.prototypes.setdefault(head[head.index("(") - 1], self.tokens[start:stop])
            return
        if len(head) == 2 and head[0] in {"struct", "union", "enum"}:
            return  # a tag alone
        for i, one in enumerate(split(words)):
            own = one[: one.index("=")] if "=" in one else one
            bare = own[: own.index("[")] if "[" in own else own
            names = [w for w in bare if w.isidentifier()]
            if not names:
                continue
            self.variables.add(names[-1])
            if i == 0 and "=" in words and words.count("=") == 1 and "," not in outside_brackets(words) and is_constant(own):
                self.constants.setdefault(names[-1], ["static", *(w for w in words if w not in {"static", "extern", "inline"}), ";"])

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
        """Put a noted definition into `drafts`, or the reason why not into `problems`."""
        words = [t.text for t in head]
        paren = words.index("(")
        body = self.tokens[brace : end + 1]
        self.sizes[name] = len(body)
        self.calls[name] = []
        result = self.types.declared(words[: paren - 1])
        parameters = self.types.parameters(words[paren + 1 : -1])
        own = self.locals_of(body) | {n for n, _ in parameters or ()}
        if clashing := {n for n in own if self.means(n)}:
            head, body = without_clashes(head, clashing), without_clashes(body, clashing)
            words = [t.text for t in head]
            parameters = self.types.parameters(words[paren + 1 : -1])
            own = {f"{n}_" if n in clashing else n for n in own}
        called = (
            a.text
            for before, a, b in zip(body, body[1:], body[2:], strict=False)
            if a.kind == "word" and b.text == "(" and before.text not in {".", "->"} and a.text not in _CONTROL and a.text not in own
        )
        self.calls[name] = [c for c in dict.fromkeys(called) if not self.means(c)]
        problem = self.problem(words, body, own)
        if not problem and (result is None or result[0] or result[1].startswith("[")):
            problem = "type of the result"
        if not problem and result and result[1] in (UNKNOWN, "F()"):
            problem = "type of the result"
        if not problem and (parameters is None or any(not n or t == UNKNOWN for n, t in parameters)):
            problem = self.why(words[paren + 1 : -1], parameters)
        if not problem and parameters is not None and len({n for n, _ in parameters}) < len(parameters):
            problem = "parameter: names"
        if problem or result is None or parameters is None:
            self.problems[name] = problem
            return
        written = [*(t for i, t in enumerate(head) if t.text not in STORAGE or i > paren), *body]
        cut = [t.text for t in tokens(plain_numbers(self.cut(written, self.text)))]
        text = " ".join(without_brackets(cut, self.means))
        constants = in_need_order({t.text for t in body if t.kind == "word"} - own, self.constants)
        seen = [t.text for t in body] + [w for c in constants for w in self.constants[c]]
        self.drafts[name] = Draft(name, result[1], tuple(parameters), text, members_of(seen), tuple(constants))

    def means(self, word: str) -> bool:
        """Whether a word names a type."""
        return word in self.scalars or word in self.definitions or word in self.types.typedefs

    def locals_of(self, body: Sequence[Token]) -> set[str]:
        """Variables that a body declares itself, as far as it shows: a word after a type's name and before `=`, `;`, `,` or `[`."""
        first: dict[str, int] = {}
        places = [(t.text, i) for i, t in enumerate(body) if first.setdefault(t.text, i) == i or (t.kind == "word" and self.means(t.text))]
        out: set[str] = set()
        for name, i in places:
            if body[i].kind != "word" or name in BUILT_IN or body[i + 1 : i + 2] == [] or body[i + 1].text not in {"=", ";", ",", "[", ")"}:
                continue
            j = i - 1
            while j > 0 and (body[j].text == "*" or body[j].text in QUALIFIERS):
                j -= 1
            if body[j].text in BUILT_IN or self.means(body[j].text) or (j > 0 and body[j - 1].text in {"struct", "union", "enum"}):
                out.add(name)
        return out

    def problem(self, words: list[str], body: Sequence[Token], own: set[str]) -> str:
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
        if "volatile" in texts and _ADDRESS.search(" ".join(t.text for t in body)):
            return "address of a device"
        for i, token in enumerate(body):
            if token.text == "static":
                head = [t.text for t in body[i : next((j for j in range(i, len(body)) if body[j].text in {"=", ";"}), i)]]
                if not is_constant(head):
                    return "static data"
        if uses(self.variables - self.constants.keys() - own, body, texts):
            return "variables of the file"
        constants = in_need_order(texts - own, self.constants)
        if sum(len(self.constants[c]) for c in constants) > LONGEST_TABLE:
            return "long table"
        for name in constants:
            others = {w for w in self.constants[name] if w != name}
            if others & (self.variables - self.constants.keys()) or others & self.places.keys():
                return "variables of the file"
        return ""

    def why(self, words: list[str], parameters: Sequence[tuple[str, str]] | None) -> str:
        """What in a parameter list can't be said."""
        if "..." in words:
            return "variable arguments"
        if parameters is None:
            return "parameter: form"
        return "parameter: type unknown" if any(t == UNKNOWN for _, t in parameters) else "parameter: names"

    # ------------------------------------------------------------ functions as written

    def signature(self, draft: Draft, reduction: Reduction, *, called: bool = False) -> Signature:
        """A draft's signature, with structs that hold what `reduction` keeps; `called`: by a function that may hand over anything as void. Raises
        Unsayable."""
        parameters: list[Parameter] = []
        for name, type_ in draft.parameters:
            said = reduction.convert(type_)
            match read_type(said):
                case Pointer(to=to, const=const):
                    parameters.append(Parameter(name, to, True, const))
                case _:
                    parameters.append(Parameter(name, said))
        with_lengths = assign_lengths(parameters)
        integers = {i for i, p in enumerate(parameters) if not p.pointer and p.type in WIDTHS and p.type not in {*FLOATS, "bool"}}
        sound = [replace(p, length=p.length if p.length in integers else None) for p in with_lengths]
        # A buffer of unknown bytes that has a length is one of bytes.
        sound = [replace(p, type="u8") if p.pointer and p.type == "void" and p.length is not None and not called else p for p in sound]
        result = None if draft.result == "void" else reduction.convert(draft.result)
        mentioned = [p.type for p in sound] + ([result] if result else [])
        return Signature(draft.name, tuple(sound), result, reduction.gather(mentioned))

    def write(self, draft: Draft, signature: Signature, structs: Sequence[Struct], reduction: Reduction) -> SourceFunction:
        """A draft as a function; `structs` are those that stand before it."""
        return SourceFunction(self.language, signature, self.with_types(draft, {s.name for s in structs}, reduction))

    def put_in(self, words: Sequence[str]) -> list[str]:
        """A definition's words with what stands for a name put in, but for tags and the name that is defined."""
        return [w if before in {"struct", "union", "enum", ".", "->"} else self.replaced.get(w, w) for before, w in pairwise(["", *words])]

    def with_types(self, draft: Draft, known: set[str], reduction: Reduction) -> str:
        """A function's text with the constants, and the types that only its body needs, defined at the body's start: structs as the reduction
        has them, or in full where it can't have them."""
        constants = [" ".join(self.put_in(self.constants[name])) for name in draft.constants]
        brace = draft.text.index("{")
        start = [t.text for t in tokens(" ".join([*constants, draft.text[brace:]]))]
        reduced: set[str] = set(known)
        opaque: set[str] = set()
        order: list[str] = []

        def need(words: Sequence[str]) -> None:
            for before, word in pairwise(["", *words]):
                record = before in {"struct", "union"} and word.isidentifier()
                key = f"{before} {word}" if record else word
                if key in order or before in {".", "->"} or (record and self.types.record_name(before == "union", word) in reduced):
                    continue
                if record:
                    name = self.types.record_name(before == "union", word)
                    try:
                        reduction.convert(name)
                        reduced.update(s.name for s in reduction.gather([name]))
                        continue
                    except Unsayable:
                        pass
                if key not in self.definitions:
                    if record:
                        opaque.add(word)
                    continue
                order.append(key)
                inside = self.put_in(self.definitions[key])
                need(" ".join(inside[2:] if record else inside[1:-2]).split())
                order.remove(key)
                order.append(key)

        need(start)

        def tagged(found: re.Match[str]) -> str:
            if found[1] == "enum":
                return self.enums.get(found[2], "int")
            if found[1] == "union" and f"union_{found[2]}" in reduced:
                return f"struct union_{found[2]}"
            return "void" if found[2] in opaque and f" {found[1]} {found[2]} {{" not in draft.text else found[0]

        def plain(text: str) -> str:
            return re.sub(r"\b(enum|union|struct)\s+([A-Za-z_]\w*)", tagged, text)

        structs = [s for s in reduction.gather(sorted(reduced - known)) if s.name not in known]
        written = [struct_text(s) for s in structs] + [plain(" ".join(self.put_in(self.definitions[key]))) for key in order]
        lines = [*written, *map(plain, constants)]
        text = plain(draft.text)
        brace = text.index("{")
        return f"{text[:brace]}{{ {' '.join(lines)} {text[brace + 1 :]}" if lines else text
