"""Names for a translation's locals: those of the original's own variables, where the two texts run alike, else what people call their role.

The texts are compared as sequences of what all languages here have in common: parameters, numbers, operators, calls, loops. A local that stands where a
variable of the original does, more often than where any other one does, gets its name. Whole-word renaming to fresh names can't change behaviour, so a
poor guess costs a reader, not a verdict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transpile.corpus.language import languages
from transpile.corpus.text import lex, number

_LOCAL = re.compile(r"v\d+")
_WORD = re.compile(r"[A-Za-z_]\w*")
ROLES = frozenset([*"ijklmnxyz", "result"])
"""What `role_names` gives to locals."""
_DROPPED = frozenset("( ) { } ; , : let mut var const as unsafe".split())
_SAME = {"while": "loop", "for": "loop", "loop": "loop", "do": "loop", "foreach": "loop", ":=": "=", "and": "&&", "or": "||", "->": "."}
_STEPS = {"++": "+=", "--": "-="}
_CHANGES = frozenset("= := += -= *= /= %= &= |= ^= <<= >>= ++ --".split())
_OPENS = frozenset({"let", "mut", "var", "for", "auto", "|"})
ELEMENTS = "xyz"
_ELEMENT = re.compile(
    r"\bfor &(?: mut)? (?P<rust>v\d+) in |\bfor _ , (?P<go>v\d+) := range |\) \| (?P<zig>v\d+)(?: , v\d+)? \| |"
    r"\bfor \( [^;()]*?(?P<cpp>v\d+) : |\bforeach \((?: \w+)? (?P<d>v\d+) ; (?![^)]* \.\. )"
)
NEAR, MOST, LEAST = 8, 4000, 4
"""How much of a run of equal tokens counts for each of its locals, the most tokens that are compared, and the least evidence for a name."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    """What is compared: `v` for every local."""
    name: str = ""
    """Of a local."""


def written_names(original: str, known: Mapping[str, str], translated: Sequence[str]) -> dict[str, str]:
    """By local of a canonical translation (its tokens): the name that the variable has in the original's text. `known`: canonical names of the
    original's parameters, fields and callees, by name as written. Locals that live one after the other may get one name."""
    own = _variables(lex(original), known)
    left = _reduced([known.get(t, t) for t in _body(lex(original))], own)
    right = _reduced(_body(translated), {t for t in translated if _LOCAL.fullmatch(t)})
    if not left or not right or len(left) + len(right) > MOST:
        return {}
    votes: Counter[tuple[str, str]] = Counter()
    for block in SequenceMatcher(None, [t.text for t in left], [t.text for t in right], autojunk=False).get_matching_blocks():
        for i in range(block.size):
            one, other = left[block.a + i], right[block.b + i]
            if one.name:
                votes[other.name, one.name] += min(block.size, NEAR) - 1
    names: dict[str, str] = {}
    places = _places(translated)
    first: dict[str, str] = {}
    for (local, name), count in votes.most_common():
        others = sum(c for (v, n), c in votes.items() if v == local and n != name)
        if local not in names and count >= LEAST and count > others and (name not in first or _apart(places[local], places[first[name]])):
            names[local] = name
            first.setdefault(name, local)
    return names


def _places(tokens: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where locals stand first and last."""
    found: dict[str, tuple[int, int]] = {}
    for i, token in enumerate(tokens):
        if _LOCAL.fullmatch(token):
            found[token] = (found.get(token, (i, i))[0], i)
    return found


def _apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[1] < other[0] or other[1] < one[0]


def _body(tokens: Sequence[str]) -> list[str]:
    start = tokens.index("{") if "{" in tokens else -1
    return list(tokens[start + 1 :])


def _keywords() -> frozenset[str]:
    return frozenset().union(*(one.keywords for one in languages().values()))


def _variables(tokens: Sequence[str], known: Collection[str]) -> set[str]:
    """Words that are declared or assigned in a text, but for those that are known to be something else."""
    keywords = _keywords()
    found = set()
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        plain = _WORD.fullmatch(token) and token not in keywords and token not in known and before not in (".", "->", "::") and after != "("
        if plain and (after in _CHANGES or before in _OPENS or before in _STEPS) and not (token.isupper() and len(token) > 1):
            found.add(token)
    return found


def _reduced(tokens: Sequence[str], locals_: set[str]) -> list[_Token]:
    """The tokens that texts in two languages share, with every local as `v`."""
    keywords = _keywords() - _SAME.keys() - {"if", "else", "return", "break", "continue"}
    out = []
    for token in tokens:
        if token in locals_:
            out.append(_Token("v", token))
        elif token in _STEPS:
            out += [_Token(_STEPS[token]), _Token("1")]
        elif token[0].isdigit():
            out.append(_Token(re.sub(r"_?[iuf]\d+$|_?usize$|[uUlLfF]+$", "", number(token)).removesuffix(".0") or token))
        elif token not in _DROPPED and token not in keywords:
            out.append(_Token(_SAME.get(token, token)))
    return out


def _counter(head: Sequence[str]) -> str:
    """What counts in the head of D's foreach: `(i; 0 .. n)`, `(int i; 0 .. n)`, `(i, x; array)`; "" where nothing does."""
    declared = [t for t in head[: head.index(";")] if _LOCAL.fullmatch(t)] if ";" in head else []
    return declared[0] if declared and (len(declared) == 2 or ".." in head) else ""


def _counters(tokens: Sequence[str]) -> list[str]:
    """The locals that heads of loops declare, in order, as often as they do."""
    found = []
    for i, token in enumerate(tokens):
        following = tokens[i + 1 : i + 4]
        if token == "for" and following[:1] == ["("] and len(following) > 2 and following[2] != ";":
            found.append(following[2])
        elif token == "for" and following[:1] != ["("] and following[1:2] == ["in"]:
            found.append(following[0])
        elif token in ("foreach", "foreach_reverse") and "{" in tokens[i:]:
            found.append(_counter(tokens[i + 1 : tokens.index("{", i)]))
    return [one for one in found if _LOCAL.fullmatch(one)]


def _elements(tokens: Sequence[str]) -> list[str]:
    """The locals that loops over the elements of an array declare for these, in order: of Rust, Go, Zig, C++ and D."""
    text = " ".join(tokens)
    found = (m[m.lastgroup] for m in _ELEMENT.finditer(text) if m.lastgroup)
    return list(found)


def role_names(tokens: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Names for canonical locals by what they do in a body: loop variables and the returned accumulator."""
    letters = [c for c in "ijklmn" if c not in taken]
    names = dict(zip(dict.fromkeys(_counters(tokens)), letters, strict=False))
    elements = dict.fromkeys(one for one in _elements(tokens) if one not in names)
    names |= zip(elements, [c for c in ELEMENTS if c not in taken], strict=False)
    returned = [tokens[i + 1] for i, t in enumerate(tokens[:-2]) if t == "return" and tokens[i + 2] == ";"]
    if len(tokens) > 1 and tokens[-1] == "}":
        returned.append(tokens[-2])
    candidates = {r for r in returned if _LOCAL.fullmatch(r) and r not in names}
    if len(candidates) == 1 and "result" not in taken:
        names[candidates.pop()] = "result"
    return names


def local_names(tokens: Sequence[str], taken: Collection[str], written: Mapping[str, str] | None = None) -> dict[str, str]:
    """A name for each local of a canonical body (its tokens) that gets one, none of them among `taken`. `written`: see `written_names`.

    Two locals share a name only where both are counters of loops, one behind the other.
    """
    places = _places(tokens)
    counters = set(_counters(tokens))
    names: dict[str, str] = {}
    for local in sorted(places, key=lambda t: places[t]):
        wanted = (written or {}).get(local)
        if wanted is None:
            continue
        name, k = wanted, 2
        while name in taken or any(used == name and not (counters >= {local, other} and _apart(places[local], places[other])) for other, used in names.items()):
            name, k = (f"{wanted}_", k) if wanted in taken and name == wanted else (f"{wanted}{k}", k + 1)
        names[local] = name
    rest = [t for t in tokens if t not in names]
    return names | role_names(rest, {*taken, *names.values()})
