"""What C++ has beyond C, as C would declare it: methods as functions of the object's address, references as pointers, names in namespaces and instances
of templates under names of their own.

Only types count here: bodies stay where they are, in the compiled module. Invariant: who asks checks each against the export that `Declared.export` finds,
and its wasm type. Limits: no bases, virtual functions, templates of classes with more than a type, operators but those of arithmetic, nor types of
C++'s library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transpile.corpus.c.words import closing, split, tokens

INSTANCES = {"i": "int", "j": "unsigned", "x": "long long", "y": "unsigned long long", "l": "long", "f": "float", "d": "double", "c": "char"}
"""Types that templates are tried with, by the letters that stand for them in a linker's name."""
OPERATORS = {
    "+": ("plus", "pl"), "-": ("minus", "mi"), "*": ("times", "ml"), "/": ("over", "dv"), "%": ("modulo", "rm"), "==": ("equals", "eq"),
    "!=": ("differs", "ne"), "<": ("is_less", "lt"), ">": ("is_greater", "gt"), "+=": ("add", "pL"), "-=": ("subtract", "mI"), "*=": ("multiply", "mL"),
    "/=": ("divide", "dV"),
}  # fmt: skip
"""What operators are called here, and by the linker."""
_SPECIFIERS = frozenset({"inline", "static", "constexpr", "explicit", "virtual", "override", "final", "noexcept", "extern", "consteval", "mutable"})
_CLASS = ("struct", "class")
_ACCESS = frozenset({"public", "private", "protected"})
_UNSAID = frozenset({"operator", "friend", "using", "::", "auto", "decltype", "&&", "...", "requires", "concept"})


@dataclass(slots=True)
class Declared:
    """`text`: C's declarations, with functions that do nothing; `exports`: by the name of such a function, a pattern for the linker's."""

    lines: list[str] = field(default_factory=list)
    exports: dict[str, re.Pattern[str]] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)
    """What the linker calls an instance of a class template, by its name here."""
    instances: dict[str, list[str]] = field(default_factory=dict)
    """The types that class templates are used with, by their names."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def function(self, name: str, result: Sequence[str], parameters: Sequence[str], export: str) -> None:
        while name in self.exports:
            name += "_"
        self.lines.append(f"{' '.join(result)} {name}({', '.join(parameters)}) {{}}")
        self.exports[name] = re.compile(export)


def declarations(text: str) -> Declared:
    """The declarations of a C++ file."""
    out = Declared()
    words = [t.text for t in tokens(text) if t.kind != "directive"]
    templates = {words[i + 6] for i in range(len(words) - 6) if words[i : i + 2] == ["template", "<"] and words[i + 4] == ">" and words[i + 5] in _CLASS}
    _scope(_with_instances(words, templates, out), (), out)
    return out


def _with_instances(words: Sequence[str], templates: set[str], out: Declared) -> list[str]:
    """The words with a name of its own for each instance of a class template: `Vec_double` for `Vec<double>`."""
    types = {tuple(type_.split()): letter for letter, type_ in INSTANCES.items()}
    said, i = list[str](), 0
    while i < len(words):
        end = next((k for k in range(i + 2, min(i + 6, len(words))) if words[k] == ">"), i)
        given = tuple(words[i + 2 : end])
        if words[i] in templates and words[i + 1 : i + 2] == ["<"] and given in types:
            name = "_".join((words[i], *given))
            out.linked[name] = f"{len(words[i])}{words[i]}I{types[given]}E"
            if " ".join(given) not in (known := out.instances.setdefault(words[i], [])):
                known.append(" ".join(given))
            said.append(name)
            i = end
        else:
            said.append(words[i])
        i += 1
    return said


def own_starts(text: str) -> list[int]:
    """Where definitions of methods within classes, and of templates of functions, begin in a file, behind `template <...>`: what compilers inline and
    then leave out."""
    found = [t for t in tokens(text) if t.kind != "directive"]
    words, out = [t.text for t in found], list[int]()

    def scope(start: int, stop: int, within: bool) -> None:
        first = i = start
        while i < stop:
            if words[i] in "([":
                i = closing(words, i)
            elif words[i] == "{":
                end, head = closing(words, i), words[first:i]
                template = head[:2] == ["template", "<"] and ">" in head
                at = first + head.index(">") + 1 if template else first
                inner = words[at:i]
                if inner[:1] in (["class"], ["struct"]) and "(" not in inner:
                    scope(i + 1, end, True)
                elif inner[:1] == ["namespace"] or inner == ["extern"]:
                    scope(i + 1, end, False)
                elif (within or template) and "(" in inner and inner[0] not in ("[", "template", "friend", "using", "~") and not {"virtual"} & set(inner):
                    out.append(found[at].start)
                if not _opens(inner):  # a value that a field starts with
                    i = end + 1
                    continue
                first, i = end + 1, end
            elif words[i] == ";" or (words[i] == ":" and words[i - 1] in _ACCESS):
                first = i + 1
            i += 1

    scope(0, len(words), False)
    return out


def _items(words: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """(head, words between the braces) of what stands side by side; without braces the second is []. Initializers go."""
    head: list[str] = []
    i = 0
    while i < len(words):
        word = words[i]
        if word in "([" or (word == "{" and not _opens(head)):
            end = closing(words, i)
            head += words[i : end + 1] if word != "{" else []
            i = end
        elif word == "{":
            end = closing(words, i)
            yield head, list(words[i + 1 : end]) or [""]
            head, i = [], end
        elif word == ";":
            yield head, []
            head = []
        elif word == ":" and head and head[-1] in _ACCESS:
            head.pop()
        else:
            head.append(word)
        i += 1


def _opens(head: Sequence[str]) -> bool:
    """Does a brace behind these words begin a body, and no value?"""
    head = head[list(head).index(">") + 1 :] if head[:2] == ["template", "<"] and ">" in head else head
    depth, outside = 0, list[str]()
    for word in head:
        depth += (word in "([") - (word in ")]")
        outside += [word] if not depth else []
    return "=" not in outside and ("(" in head or bool({"class", "struct", "namespace", "enum", "union", "extern"} & set(head[:2])))


def _scope(words: Sequence[str], names: tuple[str, ...], out: Declared) -> None:
    """What stands in the file, or in a namespace."""
    for head, inside in _items(words):
        template = ""
        if head[:2] == ["template", "<"] and ">" in head:
            end = head.index(">")
            parameters, head = head[2:end], head[end + 1 :]
            template = parameters[1] if len(parameters) == 2 and parameters[0] in ("typename", "class") else "?"
        if not head or template == "?":
            continue
        if head[0] == "namespace" and inside:
            _scope(inside, (*names, *head[1:2]), out)
        elif head[0] in ("class", "struct") and inside and not template and len(head) > 1:
            if head[2:] in ([], ["final"]):
                _class(head[1], inside, names, out)
        elif head[0] in _CLASS and inside and template:
            for type_ in out.instances.get(head[1], ()) if len(head) == 2 else ():
                name = "_".join((head[1], *type_.split()))
                own = [name if w == head[1] else type_ if w == template else w for w in inside]
                _class(name, [w for word in own for w in word.split() or [""]], names, out)
        elif "(" in head and inside and head[0] != "typedef":
            _function(head, names, "", out, template)
        elif not template and not inside and "(" not in head[:1]:
            out.lines.append(" ".join(head) + ";") if head[0] in ("typedef", "struct", "enum") else None
        elif head[0] == "enum":
            out.lines.append(f"{' '.join(head)} {{ {' '.join(inside)} }};")


def _class(name: str, words: Sequence[str], names: tuple[str, ...], out: Declared) -> None:
    items = list(_items(words))
    if any("virtual" in head for head, _ in items):
        return
    fields = [_initialized(head) for head, inside in items if head and not inside and "(" not in head and not {"static", "using", "friend"} & set(head)]
    out.lines.append(f"struct {name} {{ {' '.join(' '.join(one) + ';' for one in fields)} }};")
    for head, _ in items:
        if "(" in head:
            _function(head, (*names, name), name, out)


def _initialized(head: Sequence[str]) -> list[str]:
    """A field's declaration without what it starts with."""
    return list(head[: head.index("=")] if "=" in head else head)


def _function(head: Sequence[str], names: tuple[str, ...], owner: str, out: Declared, template: str = "") -> None:
    paren = head.index("(")
    end = closing(head, paren)
    before, called, tail = [w for w in head[: paren - 1] if w not in _SPECIFIERS], head[paren - 1], head[end + 1 :]
    linked = f"{len(called)}{called}"
    if "operator" in before:
        at = before.index("operator")
        called, linked = OPERATORS.get("".join([*before[at + 1 :], called]), ("", ""))
        before = before[:at]
    if {"delete", "default"} & set(tail) or not called.isidentifier():
        return
    if before[-1:] == ["::"] and len(before) > 1:  # X::m, which the class declares
        return
    destructor = before[-1:] == ["~"]
    result = _plain(before[:-1] if destructor else before)
    parameters = [_plain(_initialized(p)) for p in split(list(head[paren + 1 : end])) if p]
    if _UNSAID & {w for p in (result, *parameters) for w in p}:
        return
    path = "".join(out.linked.get(n, f"{len(n)}{n}") for n in names)
    written = "_".join((*names, called))
    if owner and called == owner:
        written = "_".join((*names, "deinit" if destructor else "init"))
        result, export = ["struct", owner, "*"], f"^_ZN{path}{'D' if destructor else 'C'}2E"
    else:
        export = f"^_ZNK?{path}{linked}E" if names else f"^_Z{linked}(?!I)"
    if owner and "static" not in head:
        parameters.insert(0, [*(["const"] if "const" in tail else []), "struct", owner, "*", "self"])
    for letter, type_ in INSTANCES.items() if template else ():
        own = [[type_ if w == template else w for w in p] for p in (result, *parameters)]
        out.function(f"{written}_for_{type_.replace(' ', '_')}", own[0], [" ".join(p) for p in own[1:]], f"^_Z{len(called)}{called}I{letter}E")
    if not template and result:
        out.function(written, result, [" ".join(p) for p in parameters], export)


def _plain(words: Sequence[str]) -> list[str]:
    """A declaration with pointers for references."""
    return ["*" if w == "&" else w for w in words]
