"""Mistakes, as people and models make them, put into working code.

A mistake is an edit of a canonical body's tokens: a name that is not there, a cast left out, a type of the wrong width, a word of another language.
Each names the places where it could be made, whatever the language; which of the results fail to compile, and with what words, is for the
compiler to say (`fix.py`). Invariant: an edit changes the tokens. What it may not keep: balanced brackets, if it is about brackets.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from transpile.corpus.signature import Signature

Edit = list[tuple[int, int, tuple[str, ...]]]
"""Pieces of tokens and what stands there instead, in order, apart."""

_LOCAL = re.compile(r"[pv]\d+")
_FIELD = re.compile(r"m\d+")
_INTEGER = re.compile(r"(?:\d+|0x[0-9a-f]+)")
_FLOAT = re.compile(r"\d+\.\d*")
_SUFFIXED = re.compile(r"(\d\w*?)([iu](?:8|16|32|64|size)|f32|f64)")
FAMILIES = tuple(
    tuple(line.split())
    for line in """
    int8_t int16_t int32_t int64_t
    uint8_t uint16_t uint32_t uint64_t size_t
    i8 i16 i32 i64 isize
    u8 u16 u32 u64 usize
    f32 f64
    float double
    int8 int16 int32 int64 int
    uint8 uint16 uint32 uint64 uint
    float32 float64
    byte short int long
    ubyte ushort uint ulong
    """.strip().splitlines()
)
"""Types that are taken for each other."""
TYPES = frozenset(t for family in FAMILIES for t in family)
_CONVERSIONS = frozenset("@intCast @truncate @bitCast @floatFromInt @intFromFloat @floatCast @intFromBool".split()) | TYPES
MISSPELT = {
    "return": "retrun", "while": "whlie", "else": "esle", "break": "braek", "continue": "contiune", "const": "cosnt", "struct": "strcut",
    "let": "lte", "switch": "swtich", "double": "duoble", "match": "macth", "usize": "usise", "static_cast": "static_csat", "for": "fro",
}  # fmt: skip
FOREIGN = {
    ("&&",): ("and",), ("||",): ("or",), ("and",): ("&&",), ("or",): ("||",), ("else", "if"): ("elif",), ("!=",): ("<>",),
    ("+=", "1", ";"): ("++", ";"), ("-=", "1", ";"): ("--", ";"), ("true",): ("True",), ("let", "mut"): ("var",), ("let",): ("auto",),
    ("var",): ("let",), ("!",): ("not",), ("as",): ("to",), ("while", "("): ("while", "let", "("), ("==",): ("===",), (">>",): (">>>",),
    ("loop",): ("while", "true"), ("match",): ("switch",), ("int32_t",): ("i32",), ("uint32_t",): ("u32",), ("double",): ("f64",), ("i32",): ("int",),
    ("u8",): ("byte",), ("NULL",): ("null",), ("null",): ("NULL",), ("..",): ("..=",), ("&",): ("ref",),
}  # fmt: skip
"""What another language would have here."""
_BEFORE_OPERAND = frozenset("( [ { , ; = + - * / % & | ^ < > == != <= >= && || ! ~ return : ? += -= << >> and or".split())
_STARTS = frozenset("{ } ;".split())


def _close(tokens: Sequence[str], opening: int) -> int | None:
    """Index of the bracket that closes the one at `opening`."""
    depth = 0
    for i in range(opening, len(tokens)):
        depth += (tokens[i] in "([{") - (tokens[i] in ")]}")
        if depth == 0:
            return i
    return None


def _fresh(tokens: Sequence[str], letter: str) -> str:
    """A canonical name that does not occur."""
    used = [int(t[1:]) for t in tokens if re.fullmatch(rf"{letter}\d+", t)]
    return f"{letter}{max(used, default=-1) + 1}"


def _declarations(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(start, index of the name) of local declarations: `int32_t v0`, `let mut v0`, `var v0`, `const v0`."""
    for i, token in enumerate(tokens):
        if i and re.fullmatch(r"v\d+", token) and (tokens[i - 1] in TYPES or tokens[i - 1] in ("let", "mut", "var", "const")):
            start = i - 1
            while start and (tokens[start - 1] in TYPES or tokens[start - 1] in ("let", "const", "mut", "unsigned")):
                start -= 1
            if start and tokens[start - 1] in (*_STARTS, "("):
                yield start, i


def undeclared_name(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    name = _fresh(tokens, "v")
    return [[(i, i + 1, (name,))] for i, t in enumerate(tokens) if _LOCAL.fullmatch(t)]


def missing_declaration(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(start, name, ())] for start, name in _declarations(tokens)]


def missing_semicolon(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token in "([") - (token in ")]")
        if token == ";" and depth == 0:
            out.append([(i, i + 1, ())])
    return out


def missing_bracket(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + 1, ())] for i, t in enumerate(tokens[:-1]) if t in ("(", ")", "[", "]", "{", "}")]


def wrong_width(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    for i, token in enumerate(tokens):
        family = next((f for f in FAMILIES if token in f), ())
        out += [[(i, i + 1, (other,))] for other in family if other != token]
    return out


def missing_cast(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    for i, token in enumerate(tokens[:-3]):
        if token == "as" and tokens[i + 1] in TYPES:
            out.append([(i, i + 2, ())])
        elif token in _CONVERSIONS and tokens[i + 1] == "(":
            out.append([(i, i + 1, ())])
        elif token == "(" and tokens[i + 1] in TYPES and tokens[i + 2] == ")" and tokens[i - 1] != "cast":
            out.append([(i, i + 3, ())])
        elif token in ("static_cast", "cast") and tokens[i + 1] in ("<", "("):
            end = next((j for j in range(i + 2, len(tokens)) if tokens[j] in (">", ")")), None)
            out += [[(i, end + 1, ())]] if end is not None else []
        elif token == "@as" and tokens[i + 3] == ",":
            out.append([(i, i + 1, ()), (i + 2, i + 4, ())])
    return out


def wrong_mutability(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = [[(i, i + 1, ())] for i, t in enumerate(tokens) if t == "mut"]
    out += [[(i, i + 1, ("const",))] for i, t in enumerate(tokens) if t == "var" or (t == "let" and "mut" not in tokens and "fn" not in tokens)]
    return out + [[(start, start, ("const",))] for start, _ in _declarations(tokens) if tokens[start] in TYPES]


def missing_return(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    if signature.result is None:
        return []
    out: list[Edit] = []
    for i, token in enumerate(tokens):
        if token == "return":
            end = next((j for j in range(i, len(tokens)) if tokens[j] == ";"), None)
            out += [[(i, end + 1, ())]] if end is not None else []
    if len(tokens) > 2 and tokens[-2] not in (";", "}"):
        out.append([(len(tokens) - 1, len(tokens) - 1, (";",))])
    return out


def use_after_move(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    """Of a mutable reference: `let v = p;` moves it."""
    name = _fresh(tokens, "v")
    return [[(0, 0, ("let", name, "=", f"p{i}", ";"))] for i, p in enumerate(signature.parameters) if p.pointer and not p.const]


def held_borrow(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    """A borrow at the start that is still used at the end, while the code between writes."""
    name = _fresh(tokens, "v")
    end = max((i for i, t in enumerate(tokens[:-1]) if t in (";", "}")), default=0)
    return [
        [(0, 0, ("let", name, "=", "&", f"p{i}", "[", "0", "]", ";")), (end + 1, end + 1, ("let", "_", "=", "*", name, ";"))]
        for i, p in enumerate(signature.parameters)
        if p.pointer and not p.const and p.length is not None and end
    ]


def unused_variable(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    name = _fresh(tokens, "v")
    places = [i + 1 for i, t in enumerate(tokens[:-1]) if t == ";" and tokens[i + 1] not in (")", "else")]
    intro = next((tokens[start:at] for start, at in _declarations(tokens)), None)
    if intro is None:
        return []
    return [[(at, at, (*intro, name, "=", "0", ";"))] for at in [0, *places] if _round_depth(tokens, at) == 0]


def _round_depth(tokens: Sequence[str], at: int) -> int:
    return sum((t in ("(", "[")) - (t in (")", "]")) for t in tokens[:at])


def _arguments(tokens: Sequence[str]) -> Iterator[list[tuple[int, int]]]:
    """Places of the arguments of each call of a function of the program."""
    for i, token in enumerate(tokens[:-1]):
        if re.fullmatch(r"c\d+", token) and tokens[i + 1] == "(":
            end = _close(tokens, i + 1)
            if end is None or end == i + 2:
                continue
            cuts, depth = [i + 1], 0
            for j in range(i + 2, end):
                depth += (tokens[j] in "([{") - (tokens[j] in ")]}")
                if tokens[j] == "," and depth == 0:
                    cuts.append(j)
            cuts.append(end)
            yield [(a + 1, b) for a, b in pairwise(cuts)]


def wrong_number_of_arguments(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    for places in _arguments(tokens):
        start, end = places[-1]
        out.append([(start - (len(places) > 1), end, ())])
        out.append([(end, end, (",", "0"))])
    return out


def swapped_arguments(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    for places in _arguments(tokens):
        for (a, b), (c, d) in pairwise(places):
            if tuple(tokens[a:b]) != tuple(tokens[c:d]):
                out.append([(a, b, tuple(tokens[c:d])), (c, d, tuple(tokens[a:b]))])
    return out


def wrong_suffix(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = []
    for i, token in enumerate(tokens):
        found = _SUFFIXED.fullmatch(token)
        family = next((f for f in FAMILIES if found and found[2] in f), ())
        out += [[(i, i + 1, (f"{found[1]}{other}",))] for other in family if found and other != found[2]]
    return out


def wrong_literal(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    out: list[Edit] = [[(i, i + 1, (t.split(".")[0],))] for i, t in enumerate(tokens) if _FLOAT.fullmatch(t)]
    return out + [[(i, i + 1, (f"{t}.0",))] for i, t in enumerate(tokens) if _INTEGER.fullmatch(t) and not t.startswith("0x")]


def wrong_field(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    name = _fresh([*tokens, *(field for s in signature.structs for field, _ in s.fields)], "m")
    return [[(i, i + 1, (name,))] for i, t in enumerate(tokens) if i and _FIELD.fullmatch(t) and tokens[i - 1] in (".", "->")]


def wrong_access(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    other = {".": "->", "->": "."}
    return [[(i, i + 1, (other[t],))] for i, t in enumerate(tokens[:-1]) if t in other and _FIELD.fullmatch(tokens[i + 1])]


def misspelt_keyword(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + 1, (MISSPELT[t],))] for i, t in enumerate(tokens) if t in MISSPELT]


def foreign_word(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + len(words), new)] for words, new in FOREIGN.items() for i in range(len(tokens)) if tuple(tokens[i : i + len(words)]) == words]


def assignment_for_comparison(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + 1, ("=",))] for i, t in enumerate(tokens) if t == "=="]


def comparison_for_assignment(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + 1, ("==",))] for i, t in enumerate(tokens) if t == "=" and i > 1 and _LOCAL.fullmatch(tokens[i - 1]) and tokens[i - 2] in _STARTS]


def redeclared_name(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    known = {tokens[at]: tokens[start:at] for start, at in _declarations(tokens)}
    return [
        [(i, i, tuple(known[t]))] for i, t in enumerate(tokens[:-1]) if t in known and i and tokens[i - 1] in _STARTS and tokens[i + 1] == "="
    ]


def missing_dereference(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [[(i, i + 1, ())] for i, t in enumerate(tokens) if t in ("*", "&") and i and tokens[i - 1] in _BEFORE_OPERAND]


def empty_condition(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    """`if (a); {`."""
    return [[(i + 1, i + 1, (";",))] for i, t in enumerate(tokens[:-1]) if t == ")" and tokens[i + 1] == "{"]


def self_assignment(tokens: Sequence[str], signature: Signature) -> list[Edit]:
    return [
        [(i + 2, i + 3, (t,))]
        for i, t in enumerate(tokens[:-3])
        if _LOCAL.fullmatch(t) and i and tokens[i - 1] in _STARTS and tokens[i + 1] == "=" and tokens[i + 2] != t and tokens[i + 3] == ";"
    ]


Mistake = Callable[[Sequence[str], Signature], list[Edit]]
MISTAKES: tuple[Mistake, ...] = (
    undeclared_name, missing_declaration, missing_semicolon, wrong_width, missing_cast, wrong_mutability, missing_return, use_after_move, held_borrow,
    unused_variable, wrong_number_of_arguments, swapped_arguments, wrong_suffix, wrong_literal, wrong_field, wrong_access, misspelt_keyword,
    foreign_word, assignment_for_comparison, comparison_for_assignment, redeclared_name, missing_dereference, empty_condition, self_assignment,
)  # fmt: skip
"""Those that leave brackets balanced."""
_ONLY = {use_after_move: "rust", held_borrow: "rust"}
"""Mistakes of one language."""


def break_body(
    body: Sequence[str], signature: Signature, language: str, rng: random.Random, count: int, mistakes: Sequence[Mistake] = MISTAKES
) -> list[tuple[str, list[str]]]:
    """Up to `count` broken bodies, each with what was done to it: mistakes drawn evenly among those that the body has a place for."""
    out: list[tuple[str, list[str]]] = []
    for mistake in rng.sample(mistakes, len(mistakes)):
        places = mistake(body, signature) if _ONLY.get(mistake, language) == language else []
        if places:
            tokens = list(body)
            for start, stop, new in reversed(rng.choice(places)):
                tokens[start:stop] = new
            if tokens != list(body):
                out.append((mistake.__name__.replace("_", " "), tokens))
        if len(out) == count:
            break
    return out
