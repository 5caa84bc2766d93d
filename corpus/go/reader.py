"""Functions out of Go source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it, a string one that is const. A pointer is const where the body
neither stores through it nor hands it on. The text that comes back starts with `write_header` of the signature and has its semicolons.
The file's constants that it names stand at its start, and its own names of numeric types are replaced, so that it stands alone; but where it calls
a method. A method is a function with its receiver in front. A struct by value is a const pointer in the signature, and a copy in the body.
Limits: generic functions, several results, structs as results, types of other packages, constants made with `iota`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from transpile.corpus.go.text import SCALARS, Item, blank_go, compact, entries, explicit, functions, named_types, resolve, struct_of
from transpile.corpus.scanner import Found, closing, with_callees
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

_ASSIGNED = r"(?:(?:[-+*/%&|^]|<<|>>|&\^)?=(?!=)|\+\+|--|,[^;\n{}=]*(?<![=!<>:])=(?!=))"

_WORDS = {"int": "int64", "uint": "uint64", "uintptr": "uint64"}
"""Types with the size of a register, and the numbers that they are on wasm."""

Called = tuple[list[str], str, dict[str, str]]
"""Of a function that others call: the types that it takes, what it gives, and the types of its file by name."""


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank_go(text)
    items = list(functions(code))
    found = [one for one in _read(text, code, items, write_header).values() if isinstance(one, Found)]
    methods = {item.name: item.symbol.rpartition(".")[2] for item in items if item.receiver}

    def is_call(name: str, body: str) -> bool:
        return re.search(rf"\.{methods[name]}\s*\(" if name in methods else rf"(?<![.\w]){name}\s*\(", body) is not None

    return with_callees(language, found, is_call)


def unread(text: str) -> dict[str, str]:
    """Why functions of `text` are not among those that are read, by name."""
    code = blank_go(text)
    return {name: one for name, one in _read(text, code, list(functions(code)), lambda _: "").items() if isinstance(one, str)}


def _read(text: str, code: str, items: Sequence[Item], write_header: Callable[[Signature], str]) -> dict[str, Found | str]:
    """By name each function, or why it is none of ours."""
    types = named_types(code)
    structs = {name: struct for name in types if (struct := struct_of(name, types)) is not None}
    known = constants(text, code)
    passed = entries(text, {item.name for item in items})
    out: dict[str, Found | str] = {}
    called = {i.name: ([resolve(t, types) for _, t in i.taken()], resolve(_result(i.result)[1], types), types) for i in items if not i.receiver}
    called = {name: one for name, one in called.items() if any(_is_other(t, types) for t in (*one[0], one[1]))}
    for item in items:
        if item.name in passed or item.name in ("main", "init") or item.body is None:
            continue
        one = "has the name of another function" if item.name in out else _function(text, code, item, types, structs, known, called, write_header)
        out[item.name] = one
    return out


def _function(
    text: str, code: str, item: Item, types: dict[str, str], structs: dict[str, Struct], known: Mapping[str, str],
    called: Mapping[str, Called], write_header: Callable[[Signature], str],
) -> Found | str:  # fmt: skip
    assert item.body is not None
    blanked = code[slice(*item.body)]
    if item.is_generic:
        return "has type parameters"
    taken: list[Parameter] = []
    used: dict[str, Struct] = {}
    for name, written in item.taken():
        type_ = resolve(written, types)
        if name in ("", "_"):
            return "has a parameter without a name"
        if type_ in SCALARS:
            taken.append(Parameter(name, SCALARS[type_]))
            continue
        if type_ in structs:
            used[type_] = structs[type_]
            taken.append(Parameter(name, type_, True, True))
            continue
        pointer = re.fullmatch(r"(\*|\[\])\s*(\w+)", type_)
        to = "byte" if type_ == "string" else resolve(pointer[2], types) if pointer else ""
        if to not in SCALARS and to not in structs:
            return f"takes {written}, a type that can't be passed yet"
        if to in structs:
            used[to] = structs[to]
        many = type_ == "string" or (pointer is not None and pointer[1] == "[]")
        const = type_ == "string" or not _changes(name, blanked)
        taken.append(Parameter(name, SCALARS.get(to, to), True, const, len(taken) + 1 if many else None))
        if many:
            taken.append(Parameter(f"n{len(taken) - 1}", "usize"))
    named, written = _result(item.result)
    result = resolve(written, types)
    if result and result not in SCALARS:
        return "gives several results" if "," in written else f"gives {written}, a type that can't be passed yet"
    signature = Signature(item.name, tuple(taken), SCALARS.get(result), tuple(used.values()))
    body = explicit(text[slice(*item.body)])
    if named:
        declared = f" var {named} {written};" if re.search(rf"\b{named}\b|\breturn\s*(?:[;}}]|$)", blanked, re.M) else ""
        body = declared + re.sub(r"\breturn(?=\s*[;}]|\s*$)", f"return {named}", body)
    needed = _needed(blanked, known, {name for name, _ in item.taken()} | {named})
    body = "".join(f" {known[name]};" for name in needed) + _with_words(_adapted(body, called), blanked, item, types)
    for name, under in types.items():
        scalar = resolve(under, types)
        if scalar in SCALARS:
            body = re.sub(rf"(?<![.\w\"'`]){name}(?=\s*[(){{\];,]|\s*$)", scalar, body, flags=re.M)
    return Found(signature, f"{write_header(signature)}{body}}}", blanked)


def _result(written: str) -> tuple[str, str]:
    """Name ("" where it has none) and type of a function's result; several have a comma in their type."""
    inside = re.fullmatch(r"\(\s*(?:([^\W\d]\w*)\s+(?!\.))?(.*?)\s*\)", written, re.S)
    if inside is None or "," in written:
        return "", compact(written)
    return ("" if inside[1] in (None, "_") else inside[1]), compact(inside[2])


def _with_words(body: str, blanked: str, item: Item, types: dict[str, str]) -> str:
    """A body between parameters and a result that signatures call otherwise than it does: int64 and uint64 for int, uint and uintptr, of slices and
    behind pointers too, bytes for a string that it takes as a whole, and a pointer for a struct."""
    for name, written in reversed(item.taken()):
        type_ = resolve(written, types)
        to = resolve(type_.lstrip("*[]"), types)
        fresh = f"{name}Word"
        if not re.search(rf"(?<![.\w]){name}\b", body):
            continue
        if type_ in _WORDS:
            taken = f"{type_}({name})"
        elif to in _WORDS and type_.startswith("[]"):
            taken = f"*(*[]{to})(unsafe.Pointer(&{name}))"
        elif to in _WORDS and type_.startswith("*"):
            taken = f"(*{to})(unsafe.Pointer({name}))"
        elif type_ == "string" and _is_whole(name, blanked):
            taken = f"*(*string)(unsafe.Pointer(&{name}))"
        elif struct_of(type_, types):
            fresh, taken = f"{name}Copy", f"*{name}"
        else:
            continue
        body = f" {fresh} := {taken};" + re.sub(rf"(?<![.\w]){name}\b(?!\s*:[^=])", fresh, body)
    for field, word in _word_fields(types).items():
        body = _with_field(body, field, word)
    result = resolve(_result(item.result)[1], types)
    if result in _WORDS:
        body = re.sub(r"\breturn\b[ \t]*([^;{}]+)", rf"return {_WORDS[result]}(\1)", body)
    return body


def _word_fields(types: dict[str, str]) -> dict[str, str]:
    """The fields of structs that signatures call int64 and uint64, and what they are; no name that is a field of another type too."""
    found: dict[str, set[str]] = {}
    for under in types.values():
        if re.match(r"struct\s*\{", under):
            for line in re.split(r"[;\n]", under[under.index("{") + 1 : -1]):
                if field := re.fullmatch(r"\s*(\w+(?:\s*,\s*\w+)*)\s+([\w\[\]]+)\s*", line):
                    for one in re.split(r"\s*,\s*", field[1]):
                        found.setdefault(one, set()).add(resolve(field[2], types))
    return {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1 and kinds <= _WORDS.keys()}


def _with_field(body: str, field: str, word: str) -> str:
    """A body that takes a field for an int although its struct holds an int64."""
    place = rf"(?<![.\w&])(?<!& )[^\W\d]\w*(?:\.\w+|\[[^\[\]]*\])*\.{field}\b"
    body = re.sub(rf"({place}[ \t]*(?:[-+*/%&|^]|<<|>>)?=(?!=)[ \t]*)([^;{{}}\n]+)(?=;|$)", rf"\1{_WORDS[word]}(\2)", body, flags=re.M)
    return re.sub(rf"{place}(?![ \t]*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--|[.\[(]|,[^;{{}}()]*[^:=!<>]=(?!=)))", rf"{word}(\g<0>)", body)


def _is_whole(name: str, blanked: str) -> bool:
    """Does a body take a string for more than its single bytes and its length?"""
    rest = re.sub(rf"(?<!\w)len\s*\(\s*{name}\s*\)|(?<![.\w]){name}\s*\[[^\[\]:]*\]", "", blanked)
    return re.search(rf"(?<![.\w]){name}\b", rest) is not None


def _is_other(type_: str, types: dict[str, str]) -> bool:
    """Whether a signature calls a type otherwise than a body does."""
    return type_ == "string" or resolve(type_.lstrip("*[]"), types) in _WORDS or struct_of(type_, types) is not None


def _adapted(body: str, called: Mapping[str, Called]) -> str:
    """A body with what it hands to functions of the file, and gets from them, as their signatures have it. Limit: a slice, string or struct that is
    made in the call itself stays as it is."""
    names = [name for name in called if re.search(rf"(?<![.\w]){name}\(", body)]
    if not names:
        return body
    pattern, end = re.compile(rf"(?<![.\w])({'|'.join(names)})\("), len(body)
    while found := next((m for m in reversed(list(pattern.finditer(blank_go(body)))) if m.start() < end), None):
        end, code = found.start(), blank_go(body)
        stop = closing(code, found.end() - 1)
        if stop is None:
            break
        taken, gives, types = called[found[1]]
        given, at = [], found.end()
        for part in _parts(code, found.end(), stop):
            given.append(body[at:part].strip())
            at = part + 1
        if len(given) != len(taken):
            continue
        call = f"{found[1]}({', '.join(_handed(one, t, types) for one, t in zip(given, taken, strict=True))})"
        body = body[:end] + (f"{gives}({call})" if gives in _WORDS else call) + body[stop + 1 :]
    return body


def _parts(code: str, start: int, stop: int) -> list[int]:
    """Where the arguments of a call end."""
    out, depth = [], 0
    for at in range(start, stop):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if code[at] == "," and not depth:
            out.append(at)
    return [*out, stop] if code[start:stop].strip() else []


def _handed(argument: str, type_: str, types: dict[str, str]) -> str:
    """An argument for a parameter of a type, as the signature has it."""
    to, place = resolve(type_.lstrip("*[]"), types), re.fullmatch(r"[^\W\d][\w.]*", argument)
    if type_ in _WORDS:
        return f"{_WORDS[type_]}({argument})"
    if to in _WORDS and type_.startswith("*"):
        return f"(*{_WORDS[to]})(unsafe.Pointer({argument}))"
    if to in _WORDS and type_.startswith("[]") and place:
        return f"*(*[]{_WORDS[to]})(unsafe.Pointer(&{argument}))"
    if type_ == "string" and place:
        return f"unsafe.Slice(unsafe.StringData({argument}), len({argument}))"
    if struct_of(type_, types) and (place or re.fullmatch(rf"{type_}\s*\{{.*\}}", argument, re.S)):
        return f"&{argument}"
    if struct_of(type_, types) and re.fullmatch(r"\*[^\W\d][\w.]*", argument):
        return argument[1:]
    return argument


def constants(text: str, code: str) -> dict[str, str]:
    """The declarations of a file's constants, each alone, by name; those that count with `iota` are left out."""
    lines: list[str] = []
    for found in re.finditer(r"^const[ \t]+(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|((?!\()[^\n]+))", code, re.M):
        group = 1 if found[1] is not None else 2
        if not re.search(r"\biota\b", found[group]):
            # The text itself: strings are blank in `code`.
            lines += blank_go(text[slice(*found.span(group))], strings=False).split("\n")
    out = {}
    for line in lines:
        one = re.fullmatch(r"\s*(\w+)(?:[ \t]+(\w+))?[ \t]*=[ \t]*([^,{]+?)[ \t;]*", line)
        if one:
            out[one[1]] = f"const {one[1]}{f' {one[2]}' if one[2] else ''} = {one[3]}"
    return out


def _needed(body: str, known: Mapping[str, str], own: set[str]) -> list[str]:
    """The constants that a body names, those that others are made of first."""
    out: list[str] = []

    def visit(code: str) -> None:
        for name in dict.fromkeys(re.findall(r"(?<![.\w])[^\W\d]\w*", code)):
            if name in known and name not in own and name not in out and not re.search(rf"\b{name}\b[^;\n]*:=", body):
                visit(known[name].partition("=")[2])
                out.append(name)

    visit(body)
    return out


def _changes(name: str, body: str) -> bool:
    """Might the body change what the parameter points to? It does where it stores, and it may where it hands the pointer on."""
    place = rf"(?<![.\w]){name}\s*(?:\[(?:[^\[\]]|\[[^\]]*\])*\]|\.\s*\w+)(?:\s*\.\s*\w+)*\s*"
    if re.search(rf"{place}{_ASSIGNED}|\*\s*{name}\s*{_ASSIGNED}|&\s*{name}\b|(?<!\w)(?:copy|clear)\s*\(\s*{name}\b", body):
        return True
    # Bare, it is read where it is asked for its length, ranged over, indexed, dereferenced or compared.
    for found in re.finditer(rf"(?<![.\w]){name}\b(?!\s*(?:\.\s*\w|==|!=))", body):
        before, after = body[: found.start()].rstrip(), body[found.end() :].lstrip()
        if after.startswith("["):
            inside = re.match(r"\[(?:[^\[\]]|\[[^\]]*\])*\]", after)
            if inside and ":" in inside[0] and not re.search(r"\brange$", before):
                return True
            continue
        if re.search(r"\b(?:len|cap)\s*\($", before) or re.search(r"\brange$", before) or before.endswith(("*", "==", "!=")):
            continue
        return True
    return False
