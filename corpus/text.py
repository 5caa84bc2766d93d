"""Source text as tokens: canonical form (tokens joined by one space, canonical names) and back to formatted text.

One lexer serves every brace language here. Canonical text compiles as it stands, has no comments, and is what the model writes;
`format_source` makes it readable. Numbers above 65535 become hexadecimal and the others decimal, as in canonical WAT.
Limits: no raw strings, no nested block comments, no preprocessor (lines that start with # are dropped, unless Rust's `#[`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

TOKEN = re.compile(
    r"""
      (?P<skip> \s+ | //[^\n]* | /\*.*?\*/ | ^[ \t]*\#(?!\[)(?:\\\n|[^\n])* )
    | (?P<char> b?'(?:\\x[0-9a-fA-F]+|\\[0-7]{1,3}|\\.|[^'\\\n])' | [bc]?"(?:\\.|[^"\\\n])*" )
    | (?P<label> '[a-z_]\w* )
    | (?P<number> (?:0[xX][0-9a-fA-F_]+ | 0b[01_]+ | 0o[0-7_]+ | \d[\d_]*(?:\.\d[\d_]*|\.(?![.\w]))?(?:[eE][+-]?\d+)?)
                  (?:_?(?:[iuf](?:8|16|32|64|size)) | [uUlLfF]+)? )
    | (?P<word> @?[A-Za-z_]\w* )
    | (?P<op>
        \.\.\.|\.\.=|<<=|>>=|&\^=|:=|&\^|\+%=|-%=|\*%=|\+\|=|-\|=|<<\|=?
        |\+%|-%|\*%|\+\||-\||\*\||\+\+|--|->|=>|::|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.|\.\*|\.\?|\S )
    """,
    re.X | re.S | re.M,
)  # fmt: skip

CANONICAL_NAME = re.compile(r"\b(?:f0|[cgShde]\d+)\b")
"""Top-level names of a canonical unit: the ones that differ from program to program in a batch."""


ADDRESSED = re.compile(r"h\d+")
"""The canonical name of a function whose address is taken."""

def entry_name(name: str) -> str:
    """What C's entry point of a function is called where that is a function of its own: `e0` of `h0`, `f_entry` of what people call `f`."""
    return f"e{name[1:]}" if ADDRESSED.fullmatch(name) else f"{name}_entry"


_LITERAL = re.compile(r"""'(?:\\.|[^'\\\n])'|"(?:\\.|[^"\\\n])*"|\b(?:f0|[cgShde]\d+)\b""")
_LOCAL = re.compile(_LITERAL.pattern.replace(r"f0|[cgShde]", "v"))
_EXPORTED = re.compile(r'"(?:kept\.)?(?:f0|[cgShde]\d+)"')


def suffixed(text: str, suffix: str, kept: Collection[str] = ()) -> str:
    """A canonical unit with a suffix on its top-level names, but for those `kept`. Text that is quoted stays, unless it is a name that is exported."""

    def name(found: re.Match[str]) -> str:
        word = found[0]
        if word[0] == '"' and _EXPORTED.fullmatch(word):
            return f'{word[:-1]}{suffix}"'
        return word if word[0] in "'\"" or word in kept else word + suffix

    return _LITERAL.sub(name, text)


def quoted(characters: bytes, octal: bool = False) -> str:
    """Text as a literal; what can't be shown by its number in hexadecimal, or with three octal digits, which nothing behind them prolongs."""
    out = []
    for code in characters:
        shown = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\"}.get(code) or (chr(code) if 32 <= code < 127 else "")
        out.append(shown or (f"\\{code:03o}" if octal else f"\\x{code:02x}"))
    return f'"{"".join(out)}"'


def lex(text: str) -> list[str]:
    """Tokens of source text, comments and blank space dropped."""
    return [m.group() for m in TOKEN.finditer(text) if m.lastgroup != "skip"]


def number(token: str) -> str:
    """A numeric literal in canonical form: decimal to 65535, then hexadecimal; underscores gone; suffix kept."""
    found = re.fullmatch(r"(0[xX][0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|[\d_]+)(_?(?:[iu](?:8|16|32|64|size))|[uUlL]+)?", token)
    if not found:
        return token
    digits, suffix = found.group(1).replace("_", ""), (found.group(2) or "").lstrip("_")
    octal = re.fullmatch(r"0[0-7]+", digits)
    value = int(digits, 8) if octal else int(digits, 0)
    return (str(value) if value <= 65535 else hex(value)) + suffix.lower()


def canonical_tokens(text: str, names: Mapping[str, str] | None = None) -> list[str]:
    """Tokens with numbers in canonical form and whole words renamed by `names`."""
    names = names or {}
    out = []
    for m in TOKEN.finditer(text):
        kind, token = m.lastgroup, m.group()
        if kind == "skip":
            continue
        if kind == "number":
            token = number(token)
        elif kind == "word":
            token = names.get(token, token)
        elif kind == "label":
            token = "'" + names.get(token, token[1:])
        out.append(token)
    return out


def canonical_text(text: str, names: Mapping[str, str] | None = None) -> str:
    """Source as one line: canonical tokens joined by single spaces."""
    return " ".join(canonical_tokens(text, names))


def rename(text: str, names: Mapping[str, str]) -> str:
    """Whole words renamed in place, everything else (layout, literals, comments) kept."""
    return TOKEN.sub(lambda m: names.get(m.group(), m.group()) if m.lastgroup == "word" else m.group(), text)


def renumber_locals(text: str) -> str:
    """Canonical text whose locals are numbered in order of first appearance: the most predictable names for what writes them."""
    names: dict[str, str] = {}
    return _LOCAL.sub(lambda m: m[0] if m[0][0] in "'\"" else names.setdefault(m[0], f"v{len(names)}"), text)


# ---------------------------------------------------------------- layout

_OPENING, _CLOSING = "([{", ")]}"
_BINARY = frozenset(
    """
    + - * / % & | ^ < > = == != <= >= && || << >> += -= *= /= %= &= |= ^= <<= >>= := &^ &^=
    +% -% *% +%= -%= *%= +| -| => -> ? : and or orelse as
    """.split()
)
_WORDS_BEFORE_OPERAND = frozenset("for return case if while and or orelse in as else mut const match switch".split())
_C_TYPES = frozenset("float double bool void char int unsigned".split())
_AFTER_INDEX = frozenset("as and or orelse else in if catch".split())
_SPACED_PAREN = frozenset(["if", "while", "for", "switch", "return", "match", "and", "or", "catch", "in", "else"])


def _blocks(tokens: list[str]) -> dict[int, int]:
    """Index of the closing bracket for every opening one; unbalanced ones are missing."""
    stack: list[int] = []
    pairs: dict[int, int] = {}
    for i, t in enumerate(tokens):
        if t in ("(", "[", "{"):
            stack.append(i)
        elif t in (")", "]", "}") and stack:
            pairs[stack.pop()] = i
    return pairs


def _is_inline(tokens: list[str], start: int, end: int | None) -> bool:
    """Whether a `{` block stays on its line: a value without statements, not too long."""
    if end is None:
        return False
    before = tokens[start - 1] if start else ""
    body = tokens[start + 1 : end]
    if before in (".", "=", "]", "return", ",", "(") and ";" not in body:
        return True
    return ";" not in body and "{" not in body and "=>" not in body and len(body) > 0 and len(" ".join(body)) <= 48 and _in_expression(tokens, start)


def _in_expression(tokens: list[str], start: int) -> bool:
    """Whether the block at `start` belongs to an `if`/`else` used as a value: `= if c { a } else { b }`."""
    depth, i = 0, start - 1
    while i >= 0:
        t = tokens[i]
        if t in (")", "]", "}"):
            depth += 1
        elif t in ("(", "[", "{"):
            if depth == 0:
                return t != "{"
            depth -= 1
        elif depth == 0:
            if t in ("=", "return", "+=", ",", "=>", "+", "-"):
                return True
            if t == ";":
                return False
        i -= 1
    return False


_MACROS = frozenset({"addr_of", "addr_of_mut", "panic"})
"""Of Rust's: what translations call."""


def _space(previous: str, token: str, before: str, earlier: str, spaced_colon: bool) -> bool:
    """Whether a space stands between two tokens of one line; `earlier` and `before` are the tokens before `previous`."""
    if (token == "->" and previous not in (")", ">")) or (previous == "->" and before not in (")", ">")):
        return False  # C's field access, not a result type
    if previous == "]" and (token[0].isalpha() or token == "*") and token not in _AFTER_INDEX and before in ("[", "*", *"0123456789"):
        return False  # Zig's array types
    if token in (",", ";", ")", "]", "?.", ".", ".*", ".?", "++", "--") or previous in ("(", "[", ".", "!", "~", "@"):
        return token == "." and previous in (",", "=", "return", "{")
    if token == "!" and previous in _MACROS:
        return False
    if token == ":":
        return spaced_colon
    if token in ("..", "..=", "::") or previous in ("..", "..=", "::"):
        return False
    no_operand = before in _BINARY or before in _OPENING or before in (",", ";", "", "{", "}", "!") or before in _WORDS_BEFORE_OPERAND
    if previous == "*" and (before.endswith("_t") or before in _C_TYPES or earlier == "struct"):
        return False
    if previous in ("-", "*", "&", "+", "-%", "'") and no_operand:
        return False
    if token == "(":
        return previous in _BINARY or previous in _SPACED_PAREN or previous in (",", "{", ";", "}", ")", "mut")
    if token == "[":
        return previous in _BINARY or previous in (",", "return", "mut", "const", "{", ":", ")")
    if previous in ("++", "--"):
        return token in _BINARY or token == "{"
    if token == "|" and before == "|" and earlier == ")":
        return False  # the end of a Zig capture
    if previous == "|" or token == "|":
        return not (previous == "|" and before in ("(", "{", ")") and token not in _BINARY and not token[0].isdigit())
    return True


def format_source(text: str, *, indent: str = "    ") -> str:
    """Readable layout of canonical (or any) tokens of a brace language; comments are lost. Ends with a newline."""
    tokens = lex(text)
    pairs = _blocks(tokens)
    closes_inline: set[int] = set()
    lines: list[str] = []
    line = ""
    level = round_depth = ternary = 0
    brackets: list[str] = []
    in_case = False

    def flush() -> None:
        nonlocal line
        if line.strip():
            lines.append(indent * max(level, 0) + line.strip())
        line = ""

    for i, token in enumerate(tokens):
        previous, before = (tokens[i - 1] if i else ""), (tokens[i - 2] if i > 1 else "")
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if token == "}" and i not in closes_inline:
            flush()
            level -= 1
            if brackets:
                brackets.pop()
            line = "}"
            if following not in ("else", ",", ";", ")", ".") and not (following == "while" and _closes_do(tokens, pairs, i)):
                flush()
            continue
        if token in ("case", "default") and not line.strip():
            level -= 1
            in_case = True
        ternary += (token == "?") - (token == ":" and ternary > 0)
        spaced_colon = token == ":" and (ternary > 0 or previous == ")" or previous == "?" or "?" in line)
        gap = bool(line) and _space(previous, token, before, tokens[i - 3] if i > 2 else "", spaced_colon)
        line += (" " if gap else "") + token
        if token == "{":
            if _is_inline(tokens, i, pairs.get(i)) or (following == "}" and pairs.get(i) == i + 1 and previous not in (")",)):
                closes_inline.add(pairs.get(i, -1))
                brackets.append("inline")
            else:
                flush()
                level += 1
                brackets.append("{")
        elif token == "}":
            brackets and brackets.pop()
        elif token in ("(", "["):
            round_depth += 1
            brackets.append(token)
        elif token in (")", "]"):
            round_depth -= 1
            brackets and brackets.pop()
        elif (token == ";" and (not brackets or brackets[-1] == "{")) or (token == "," and brackets and brackets[-1] == "{"):
            flush()
        elif token == ":" and in_case:
            flush()
            level += 1
            in_case = False
    flush()
    return "\n".join(lines) + "\n"


def _closes_do(tokens: list[str], pairs: dict[int, int], end: int) -> bool:
    """Whether the `}` at `end` closes a `do {` body."""
    start = next((s for s, e in pairs.items() if e == end), 0)
    return start > 0 and tokens[start - 1] == "do"
