"""Small wrong changes of a function's source text, as a person or a model would make them: mutants beside those of compiled code (`mutate`).

One place of the function's own text is changed, in any of the languages, by its tokens alone. Kinds are those of `mutate`: operator, constant,
signedness, width, bound, dropped (a statement), swapped (arguments, or one variable for another).
Invariant: a mutant is other text with the same signature. Limits: many do not compile (a type's `<` is no comparison), and some compile to
the same code; whoever uses them leaves both out. Callees are not changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from transpile.corpus.source import SourceFunction

_TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\s+)
      | (?P<character>'(?:\\.|[^'\\\n])')
      | (?P<number>0[xX][\da-fA-F_]+[uUlL]*|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?\w*)
      | (?P<word>@?[A-Za-z_]\w*)
      | (?P<sign>>>>=|<<=|>>=|>>>|\.\.=|\.\.\.|&\^|[-+*][%|]=?|<<|>>|&&|\|\||[-+*/%&|^=!<>]=|\+\+|--|->|=>|::|:=|\.\.|.)""",
    re.S | re.X,
)

_OPERATORS = {
    "+": "- ^ *", "-": "+", "*": "+", "/": "* %", "%": "/", "&": "| ^", "|": "& ^ +", "^": "| &", "<<": ">>", ">>": "<<", "&&": "||", "||": "&&",
    "==": "!=", "!=": "==", "<": ">", ">": "<", "+=": "-= =", "-=": "+=", "*=": "+=", "/=": "*= %=", "%=": "/=", "&=": "|=", "|=": "&= ^= =",
    "^=": "|= =", "<<=": ">>=", ">>=": "<<=", "++": "--", "--": "++", "+%": "-%", "-%": "+%", "*%": "+%", "+%=": "-%=", "-%=": "+%=",
    "and": "or", "or": "and", "true": "false", "false": "true", "min": "max", "max": "min", "@min": "@max", "@max": "@min", "break": "continue",
    "wrapping_add": "wrapping_sub", "wrapping_sub": "wrapping_add", "wrapping_mul": "wrapping_add", "rotate_left": "rotate_right",
    "rotate_right": "rotate_left", "@divTrunc": "@rem @divFloor", "@rem": "@divTrunc @mod", "ceil": "floor", "floor": "ceil", "!": "",
}  # fmt: skip
_BOUNDS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "..": "..=", "..=": ".."}
_COMPARED = frozenset((*_BOUNDS, "==", "!="))
_SIGNED = {
    f"{a}{bits}{z}": f"{b}{bits}{z}"
    for signed, unsigned, z, widths in (
        ("int", "uint", "_t", (8, 16, 32, 64)), ("i", "u", "", (8, 16, 32, 64, "size")), ("int", "uint", "", ("", 8, 16, 32, 64))
    )
    for bits in widths
    for a, b in ((signed, unsigned), (unsigned, signed))
} | {"byte": "ubyte", "ubyte": "byte", "long": "ulong", "ulong": "long", "short": "ushort", "ushort": "short", ">>>": ">>"}  # fmt: skip
_WIDTHS = {
    "int64_t": "int32_t", "uint64_t": "uint32_t", "int32_t": "int16_t int64_t", "uint32_t": "uint16_t uint64_t uint8_t", "uint8_t": "uint16_t",
    "i64": "i32", "u64": "u32", "i32": "i16 i64", "u32": "u16 u64 u8", "u8": "u16", "f64": "f32", "f32": "f64", "double": "float", "float": "double",
    "int64": "int32", "uint64": "uint32", "int32": "int16 int64", "uint32": "uint16 uint64 uint8", "uint8": "uint16",
    "float64": "float32", "float32": "float64", "long": "int", "ulong": "uint", "int": "short long", "uint": "ushort ulong", "ubyte": "ushort",
}  # fmt: skip
_VARIABLE = re.compile(r"[pv]\d+")
_CONSTANT = re.compile(r"(0[xX][\da-fA-F_]+|\d[\d_]*)([uUlL]*|[iu](?:8|16|32|64|size))")
_OPENED, _CLOSED = "([{", ")]}"
_KEPT = frozenset((*_CLOSED, *"for if while switch else let var const".split()))
"""Where no statement begins that could be dropped: declarations would be missed, blocks have no semicolon of their own."""


@dataclass(frozen=True, slots=True)
class TextMutant:
    """`what` names the change for people: what stood there, and what stands there now."""

    kind: str
    what: str
    source: SourceFunction


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def text_mutants(source: SourceFunction, count: int, seed: int) -> list[TextMutant]:
    """At most `count` mutants, all different; kinds are drawn first, so that rare ones are not lost among the others."""
    by_kind: dict[str, list[tuple[int, int, str]]] = {}
    for kind, start, end, new in _changes(source.text):
        by_kind.setdefault(kind, []).append((start, end, new))
    rng = Random(seed)
    seen, out = {source.text}, []
    while by_kind and len(out) < count:
        kind = rng.choice(sorted(by_kind))
        start, end, new = by_kind[kind].pop(rng.randrange(len(by_kind[kind])))
        if not by_kind[kind]:
            del by_kind[kind]
        text = source.text[:start] + new + source.text[end:]
        if text not in seen:
            seen.add(text)
            line = source.text.count("\n", 0, start) + 1
            out.append(TextMutant(kind, f"line {line}: {_short(source.text[start:end])} -> {_short(new)}", replace(source, text=text)))
    return out


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"`{words if len(words) <= 40 else words[:37] + '...'}`" if words else "nothing"


def _changes(text: str) -> Iterator[tuple[str, int, int, str]]:
    """(kind, start, end, what stands there instead) of every change of the body, and of the signs of parameters."""
    tokens = [_Token(m.lastgroup or "", m[0], m.start(), m.end()) for m in _TOKEN.finditer(text) if m.lastgroup != "skip"]
    first = next((k + 1 for k, t in enumerate(tokens) if t.text == "{"), len(tokens))
    for one in tokens[:first]:
        if one.text in _SIGNED:
            yield "signedness", one.start, one.end, _SIGNED[one.text]
    variables = sorted({t.text for t in tokens if _VARIABLE.fullmatch(t.text)})
    for k in range(first, len(tokens)):
        yield from _at(tokens, k, variables)
    yield from _statements(tokens, first)
    yield from _arguments(tokens, first)


def _at(tokens: list[_Token], k: int, variables: list[str]) -> Iterator[tuple[str, int, int, str]]:
    """Changes of one token."""
    one = tokens[k]
    before = tokens[k - 1].text

    def instead(kind: str, new: str) -> tuple[str, int, int, str]:
        return kind, one.start, one.end, new

    if one.kind == "number":
        number = _CONSTANT.fullmatch(one.text)
        if number:
            value = int(number[1].replace("_", ""), 0) if not re.fullmatch(r"0[\d_]+", number[1]) else 0
            for other in dict.fromkeys((value + 1, value - 1, 0, 2 * value, value ^ 1 << max(0, value.bit_length() - 2))):
                if other not in (value, -1):
                    yield instead("bound" if before in _COMPARED and abs(other - value) == 1 else "constant", f"{other}{number[2]}")
        elif "." in one.text and one.text[0] != "0":
            yield instead("constant", f"1{one.text}")
    elif one.kind == "character":
        if one.text[1] != "\\":
            for other in (chr(ord(one.text[1]) + 1), chr(ord(one.text[1]) - 1), one.text[1].swapcase()):
                if other not in ("'", "\\", one.text[1]) and 32 <= ord(other) < 127:
                    yield instead("bound" if before in _COMPARED else "constant", f"'{other}'")
    else:
        if before not in ("(", ",", "=", "return", "{", ";", ":") or one.text not in ("-", "*", "&"):  # no sign, pointer or reference
            for other in _OPERATORS.get(one.text, "").split(" ") if one.text in _OPERATORS else ():
                yield instead("operator", other)
        if one.text in _BOUNDS:
            yield instead("bound", _BOUNDS[one.text])
        if one.text in _SIGNED:
            yield instead("signedness", _SIGNED[one.text])
        for other in _WIDTHS.get(one.text, "").split():
            yield instead("width", other)
        if _VARIABLE.fullmatch(one.text):
            for other in variables:
                if other != one.text:
                    yield instead("swapped", other)
        if one.text in ("if", "while") and k + 1 < len(tokens):
            yield from _negated(tokens, k + 1)


def _negated(tokens: list[_Token], k: int) -> Iterator[tuple[str, int, int, str]]:
    """The condition that begins at token `k` the other way round: in brackets, or up to the brace."""
    end = _matching(tokens, k) if tokens[k].text == "(" else next((j - 1 for j in range(k, len(tokens)) if tokens[j].text == "{"), None)
    if end is None or end <= k:
        return
    if tokens[k].text == "(" and end + 1 < len(tokens) and (tokens[end + 1].text == "{" or tokens[end + 1].kind == "word"):
        start, stop = tokens[k].end, tokens[end].start
    else:
        end = next((j - 1 for j in range(k, len(tokens)) if tokens[j].text == "{"), k)
        start, stop = tokens[k].start, tokens[end].end
    condition = "".join(t.text + " " for t in tokens if start <= t.start and t.end <= stop).strip()
    if condition and ";" not in condition and "let " not in condition:
        yield "operator", start, stop, f"!({condition})"


def _matching(tokens: list[_Token], k: int) -> int | None:
    """The token that closes the bracket at token `k`."""
    depth = 0
    for j in range(k, len(tokens)):
        depth += (tokens[j].text in _OPENED) - (tokens[j].text in _CLOSED)
        if not depth:
            return j
    return None


def _declares(tokens: list[_Token], k: int) -> bool:
    """Whether a declaration begins at a token: two words one after the other, the second a variable's."""
    return k + 1 < len(tokens) and tokens[k].kind == "word" and bool(_VARIABLE.fullmatch(tokens[k + 1].text)) and tokens[k].text != "return"


def _statements(tokens: list[_Token], first: int) -> Iterator[tuple[str, int, int, str]]:
    """Every statement up to its semicolon, or the block after an `else`, left out."""
    for k in range(first, len(tokens)):
        if tokens[k - 1].text in ("{", "}", ";") and tokens[k].text not in _KEPT and not _declares(tokens, k):
            j = k
            while j < len(tokens) and tokens[j].text not in (";", "{", "}"):
                j = (_matching(tokens, j) or len(tokens)) + 1 if tokens[j].text in _OPENED else j + 1
            if k < j < len(tokens) and tokens[j].text == ";":
                yield "dropped", tokens[k].start, tokens[j].end, ""
        elif tokens[k].text == "else" and k + 1 < len(tokens) and tokens[k + 1].text == "{" and (end := _matching(tokens, k + 1)):
            yield "dropped", tokens[k].start, tokens[end].end, ""


def _arguments(tokens: list[_Token], first: int) -> Iterator[tuple[str, int, int, str]]:
    """Two neighbouring arguments of a call exchanged."""
    for k in range(first + 1, len(tokens)):
        if tokens[k].text != "(" or tokens[k - 1].kind != "word" or (end := _matching(tokens, k)) is None:
            continue
        cuts, j = [k], k + 1
        while j < end:
            if tokens[j].text == ",":
                cuts.append(j)
            j = (_matching(tokens, j) or end) + 1 if tokens[j].text in _OPENED else j + 1
        cuts.append(end)
        for a, b, c in zip(cuts, cuts[1:], cuts[2:], strict=False):
            if b - a > 1 and c - b > 1:
                left, right = (" ".join(t.text for t in tokens[x + 1 : y]) for x, y in ((a, b), (b, c)))
                yield "swapped", tokens[a + 1].start, tokens[c - 1].end, f"{right}, {left}"
