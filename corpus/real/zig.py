"""Real Zig made of plain functions: each with the constants of its file that it names, and type parameters replaced.

A file is rewritten before it is read: `fn f(comptime T: type, x: T) T` is there for one type too, and functions that are called of files beside it come
behind it. Afterwards the constants of the file that a
function names stand at the start of its body, in the order of their need, since Zig allows no unused ones. Invariant: what is not understood stays
as it is, and does not compile. A function of the file that is called and whose types no signature can say (`anytype`, optionals, errors) comes along
as an inline function of the body. A function of a struct is one of the file. Limits: structs that functions make, fields that are no scalars.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from transpile.corpus.scanner import blank_zig, closing, functions, split
from transpile.corpus.signature import WIDTHS
from transpile.corpus.source import SourceFunction
from transpile.corpus.zig.reader import FIELD

CHOSEN = {"float": "f64", "Float": "f64", "nan": "f64", "unsigned": "u32"}
"""What a type parameter stands for, by a word in the function; others stand for i32."""
LONGEST_CONSTANT = 3000
_CONSTANT = re.compile(r"(?:pub\s+)?const\s+(\w+)\s*(?::[^=;]+)?=\s*")
_TYPE_PARAMETER = re.compile(r"\(\s*comptime\s+(\w+)\s*:\s*type\s*,\s*")
_HEX_FLOAT = re.compile(r"\b0x[0-9a-fA-F_]+(?:\.[0-9a-fA-F_]+)?[pP][+-]?\d+")
_IMPORT = re.compile(r'^(?:pub\s+)?const\s+(\w+)\s*=\s*@import\("([\w./-]+\.zig)"\)(?:\.(\w+))?\s*;', re.M)
_STRUCT = re.compile(r"^(?:pub\s+)?const\s+(\w+)\s*=\s*(?:extern\s+)?struct\s*\{", re.M)
_TOP = re.compile(r"^(?:pub\s+)?(?:inline\s+)?fn\s+(\w+)\s*(?=\()", re.M)
_DECLARED = re.compile(r"\b(?:const|var)\s+(\w+)|\|\s*\*?(\w+)\s*(?:,\s*(\w+)\s*)?\|")
LONGEST_HELPER = 4000


def plain(text: str, folder: Path | None = None) -> str:
    """A file's text, with functions of a type parameter once more as functions of one type, hexadecimal floats as decimal ones, and what it names of
    the files beside it, if their folder is given."""
    if folder is not None:
        text = _with_imports(text, folder)
    text = _without_structs(_HEX_FLOAT.sub(_decimal, text))
    code = blank_zig(text)
    out = [text]
    for found in _TOP.finditer(code):
        parameter = _TYPE_PARAMETER.match(code, found.end())
        end = closing(code, found.end())
        brace = code.find("{", end) if end is not None else -1
        stop = closing(code, brace) if brace >= 0 else None
        if parameter is None or stop is None:
            continue
        chosen = next((t for word, t in CHOSEN.items() if word in code[found.start() : stop]), "i32")
        head = re.sub(rf"\b{parameter[1]}\b", chosen, "(" + text[parameter.end() : brace])
        out.append(f"fn {found[1]}_{chosen}{head}{{ const {parameter[1]} = {chosen};{text[brace + 1 : stop + 1]}")
    return "\n".join(out)


def _without_structs(text: str) -> str:
    """A file whose structs have no functions: these are functions of the file, named `Struct_function`, that take the struct as a pointer. Such a struct
    keeps the fields that are scalars, and what it defines besides is a constant of the file."""
    code = blank_zig(text)
    added: list[str] = []
    known = set(constants(text))
    for found in reversed(list(_STRUCT.finditer(code))):
        end, owner = closing(code, found.end() - 1), found[1]
        inside = code[found.end() : end] if end is not None else ""
        if end is None or not re.search(r"\bfn\b", inside):
            continue
        own = text[found.end() : end]
        items = list(functions(inside))
        names = "|".join(item.name for item in items)
        for item in items:
            taken = re.sub(r"@This\(\)|\bSelf\b", owner, own[slice(*item.parameters)])
            this = re.match(rf"\s*(\w+)\s*:\s*(?:\*(?:const\s+)?)?{owner}\s*(?:,|$)", taken)
            taken = re.sub(rf":\s*{owner}\b", f": *const {owner}", taken)
            body = re.sub(r"@This\(\)|\bSelf\b", owner, own[slice(*item.body)])
            body = re.sub(rf"(?<![.\w]){owner}\.({names})\(", rf"{owner}_\1(", body)
            if this:
                body = re.sub(rf"(?<![.\w]){this[1]}\.({names})\(\s*", rf"{owner}_\1({this[1]}, ", body).replace(f"({this[1]}, )", f"({this[1]})")
            added.append(f"fn {owner}_{item.name}({taken}) {item.result} {{{body}}}")
        for name, one in constants(own).items():
            if name not in known and name != "Self":
                known.add(name)
                added.append(re.sub(r"@This\(\)|\bSelf\b", owner, one))
        rest = inside
        for item in reversed(items):
            head = re.search(r"(?:(?:pub|inline|noinline|export)\s+)*fn\s+\w+\s*\($", rest[: item.parameters[0]])
            rest = rest[: head.start() if head else item.start] + rest[item.body[1] + 1 :]
        rest = re.sub(r"\b(?:pub\s+)?(?:const|var)\b[^;]*;", "", rest)
        fields = [f"{f[1]}: {f[2]}" for part in split(rest) if (f := FIELD.fullmatch(part)) and f[2] in WIDTHS]
        text = f"{text[: found.end()]} {', '.join(fields)} {text[end:]}"
        code = f"{code[: found.end()]} {', '.join(fields)} {code[end:]}"
    return "\n".join([text, *added])


def _decimal(found: re.Match[str]) -> str:
    try:
        return repr(float.fromhex(found[0].replace("_", "")))
    except OverflowError:
        return found[0]  # one of 128 bits


def _with_imports(text: str, folder: Path) -> str:
    """A file with the functions that it calls of files beside it, and the constants that these name, behind it."""
    added: dict[str, str] = {}
    code = blank_zig(text, strings=False)

    def take(file: str, member: str, name: str) -> bool:
        other = (folder / file).read_text(errors="replace") if (folder / file).is_file() else ""
        there = blank_zig(other)
        found = next((one for one in _TOP.finditer(there) if one[1] == member), None)
        brace = there.find("{", closing(there, found.end()) or 0) if found else -1
        stop = closing(there, brace) if brace >= 0 else None
        if found is None or stop is None:
            return False
        body = re.sub(rf"(?<![.\w@]){member}\b", name, other[found.end() : stop + 1])
        added[name] = f"fn {name}{body}"
        known, todo = constants(other), re.findall(r"(?<![.\w@])[A-Za-z_]\w*", blank_zig(body))
        for word in todo:
            if word in known and word not in added and not re.search(rf"^(?:pub\s+)?(?:const|fn)\s+{word}\b", code, re.M):
                added[word] = known[word]
                todo += re.findall(r"(?<![.\w@])[A-Za-z_]\w*", blank_zig(known[word]))
        return True

    for found in _IMPORT.finditer(code):
        name, file, member = found.groups()
        if member:
            take(file, member, name)
            continue
        for called in dict.fromkeys(re.findall(rf"(?<![.\w]){name}\.(\w+)\s*\(", code)):
            if take(file, called, f"{name}_{called}"):
                text = re.sub(rf"(?<![.\w]){name}\.{called}(?=\s*\()", f"{name}_{called}", text)
    return "\n".join([text, *added.values()])


def constants(text: str) -> dict[str, str]:
    """The constants at the top level of a file, by name, as they are written."""
    code = blank_zig(text)
    found: dict[str, str] = {}
    position = 0
    while position < len(code):
        one = re.compile(r"[{;]|\bconst\b").search(code, position)
        if one is None:
            break
        if one[0] == "{":
            end = closing(code, one.start())
            if end is None:
                break
            position = end + 1
            continue
        position = one.end()
        head = _CONSTANT.match(code, one.start()) if one[0] == "const" else None
        if head is None:
            continue
        depth, end = 0, head.end()
        while end < len(code) and (depth or code[end] != ";"):
            depth += (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        position = end + 1
        value = text[head.end() : end]
        if len(value) < LONGEST_CONSTANT and not re.search(r"\bfn\b", code[head.end() : end]) and ("@import" not in value or '@import("std").' in value):
            found.setdefault(head[1], f"{text[head.start() : end]};".removeprefix("pub "))
    return found


def helpers(text: str) -> dict[str, str]:
    """The functions at the top level of a file, by name, each as a constant of a body: what it declares has names of its own, since Zig lets nothing be
    hidden, and it is inline, so that it is no callee."""
    code = blank_zig(text)
    found: dict[str, str] = {}
    for one in _TOP.finditer(code):
        end = closing(code, one.end())
        brace = code.find("{", end) if end is not None else -1
        stop = closing(code, brace) if brace >= 0 else None
        if end is None or stop is None or stop - one.start() > LONGEST_HELPER:
            continue
        own = {re.split(r"\s+", p.partition(":")[0].strip())[-1] for p in split(code[one.end() + 1 : end])}
        own |= {name for names in _DECLARED.findall(code[brace:stop]) for name in names if name}
        rest = re.sub(r"\bcallconv\([^()]*\)", "", text[one.end() : brace]) + text[brace : stop + 1]
        for name in sorted(own - {"_", ""}):
            rest = re.sub(rf"(?<![.\w@\"]){name}\b", f"{name}_of_{one[1]}", rest)
        found.setdefault(one[1], f"const {one[1]} = struct {{ inline fn call_{one[1]}{rest} }}.call_{one[1]};")
    return found


def with_constants(text: str, read_from: list[SourceFunction]) -> list[SourceFunction]:
    """Functions of a rewritten file with the constants that they name, and what they call and is no function here, at the start of their bodies."""
    read = {f.name for f in read_from}
    known = {name: one for name, one in helpers(text).items() if name not in read} | constants(text)

    def needed(words: str, out: dict[str, str]) -> dict[str, str]:
        for word in dict.fromkeys(re.findall(r"(?<![.\w@])[A-Za-z_]\w*\b", blank_zig(words))):
            if word in known and word not in out and word != "std":
                out[word] = ""
                needed(known[word].partition("=")[2], out)
                out[word] = out.pop(word) or known[word]
        return out

    def one(function: SourceFunction) -> SourceFunction:
        brace = function.text.index("{")
        body = function.text[brace + 1 :]
        found = {name: c for name, c in needed(body, {}).items() if not re.search(rf"\b(?:const|var)\s+{name}\b", body)}
        own = {s.name for s in function.signature.structs}
        before = " ".join(c for name, c in found.items() if name not in own)
        return replace(function, text=f"{function.text[: brace + 1]} {before}{body}" if before else function.text, callees=tuple(map(one, function.callees)))

    return [one(f) for f in read_from]
