"""D as people lay it out: a token at a time, from canonical text. Comments are lost; nothing but blank space and the case of a suffix changes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transpile.corpus.text import lex

_TYPES = frozenset("void bool byte ubyte short ushort int uint long ulong float double char wchar dchar size_t ptrdiff_t string real".split())
_BINARY = frozenset("+ - * / % & | ^ ~ < > <= >= == != && || << >> >>> ^^ = += -= *= /= %= &= |= ^= <<= >>= >>>= ~= ? : .. =>".split())
_BEFORE_PAREN = frozenset("if while for foreach foreach_reverse switch return case in is do else extern".split())
_BEFORE_OPERAND = _BINARY | _BEFORE_PAREN | frozenset("( [ { } , ; !".split())
_SUFFIX = re.compile(r"(0[xX][0-9a-fA-F_]+|[\d_]+)(u?)l")


class _Layout:
    """The tokens of one function, and what each of those that have two meanings means."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.casts: set[int] = set()
        """Brackets that close `cast(...)`."""
        self.qualified: set[int] = set()
        """Brackets that close `const(...)`."""
        stack: list[int] = []
        for i, token in enumerate(tokens):
            if token == "(":
                stack.append(i)
            elif token == ")" and stack:
                word = tokens[stack.pop() - 1]
                if word == "cast":
                    self.casts.add(i)
                elif word in ("const", "immutable"):
                    self.qualified.add(i)
        self.head = tokens.index("{") if "{" in tokens else len(tokens)
        self.types = {i for i, token in enumerate(tokens) if token == "*" and self.is_of_type(i)}
        self.unary = {i for i, token in enumerate(tokens) if token in ("-", "+", "*", "&", "~", "!") and i not in self.types and self.is_unary(i)}

    def at(self, i: int) -> str:
        return self.tokens[i] if 0 <= i < len(self.tokens) else ""

    def is_of_type(self, i: int) -> bool:
        """Does the star at `i` make a pointer type?"""
        if i < self.head or self.at(i - 1) in _TYPES or i - 1 in self.qualified or (self.at(i - 1) == "*" and self.is_of_type(i - 1)):
            return True
        if self.at(i + 1) == ")":  # cast(Name*)
            return True
        return self.at(i - 2) in (";", "{", "}") and self.at(i + 2) in ("=", ";") and self.at(i - 1).isidentifier()

    def is_unary(self, i: int) -> bool:
        return i == 0 or self.at(i - 1) in _BEFORE_OPERAND or i - 1 in self.casts

    def gap(self, i: int) -> bool:
        """Does a space stand before token `i`, on a line that has begun?"""
        before, token = self.at(i - 1), self.at(i)
        if before in ("(", "[", ".", "!") or token in (")", "]", ",", ";", "."):
            return before == "!" and i - 1 not in self.unary
        if i - 1 in self.unary or i in self.types or (before in ("++", "--") and self.at(i - 2) in _BEFORE_OPERAND):
            return False
        if token in ("++", "--"):
            return before in _BINARY or before in _BEFORE_PAREN
        if token == "(":
            return before in _BEFORE_PAREN or before in _BINARY or before in (",", ";", "{") or i - 1 in self.casts
        if token == "[":
            return before in _BINARY or before in (",", ";", "return")
        return True


def layout(text: str) -> str:
    """A function on lines of its own. Ends with a newline."""
    tokens = [_SUFFIX.sub(lambda m: f"{m[1]}{m[2].upper()}L", t) if _SUFFIX.fullmatch(t) else t for t in lex(text)]
    found = _Layout(tokens)
    lines: list[str] = []
    line, level, depth = "", 0, 0
    label = in_label = False
    for i, token in enumerate(tokens):
        if not line:
            label = token in ("case", "default")
            in_label = label or (token.isidentifier() and found.at(i + 1) == ":")
        if token == "}" and not depth:
            lines += [_indent(line, level)] if line else []
            level -= 1
            line = "}"
            joined = found.at(i + 1) == "else" or (found.at(i + 1) == "while" and _closes_do(tokens, i))
        else:
            ends_label = in_label and token == ":" and not depth
            line += (" " if line and not ends_label and found.gap(i) else "") + token
            depth += (token in ("(", "[")) - (token in (")", "]"))
            joined = depth > 0 or not (token in ("{", ";") or ends_label)
        if not joined:
            lines.append(_indent(line, level - label))
            line, label = "", False
            level += token == "{"
    lines += [_indent(line, level)] if line else []
    return "\n".join(lines) + "\n"


def _indent(line: str, level: int) -> str:
    return "    " * max(level, 0) + line


def _closes_do(tokens: Sequence[str], end: int) -> bool:
    depth = 0
    for i in range(end, -1, -1):
        depth += (tokens[i] == "}") - (tokens[i] == "{")
        if depth == 0:
            return i > 0 and tokens[i - 1] == "do"
    return False
