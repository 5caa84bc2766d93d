"""The items of Rust text, in blanked text: functions, types, implementations, modules; see `scanner` for what blanking keeps.

Unbalanced text ends the search where it stops making sense; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from transpile.corpus.scanner import closing

_HEAD = re.compile(
    r"(?:\s|#\s*!?\s*\[[^\]]*\])*(?P<start>(?:pub(?:\s*\([^)]*\))?\s+)?(?:(?P<kind>const|static|type|struct|enum|mod|impl|trait|use|macro_rules\s*!)\b\s*+"
    r"(?!fn\b|unsafe\b|extern\b|async\b)(?P<name>\w*)|(?:(?:default|const|unsafe|async|extern(?:\s*\"[^\"]*\")?)\s+)*(?P<fn>fn)\s+(?P<called>\w+)))"
)


class Item(NamedTuple):
    kind: str
    name: str
    start: int
    """After attributes."""
    end: int
    tested: bool
    """Does an attribute say that it is for tests?"""
    attributes: str = ""
    """What stands before `start`."""


def items(code: str, start: int, stop: int) -> Iterator[Item]:
    """The items of blanked text between two offsets."""
    position = begin = start
    while position < stop:
        found = re.compile(r"[;({\[]").search(code, position, stop)
        if found is None:
            return
        if found[0] in "([":
            end = closing(code, found.start())
            if end is None:
                return
            position = end + 1
            continue
        last = found.start()
        if found[0] == "{":
            end = closing(code, found.start())
            if end is None or end >= stop:
                return
            if re.match(r"\s*(?:#[^\n]*\s)*(?:pub(?:\([^)]*\))?\s+)?(?:const(?!\s+(?:unsafe\s+)?fn)|static|use)\b", code[begin:]):
                position = end + 1
                continue
            last = end
        head = _HEAD.match(code, begin, last + 1)
        if head:
            attributes = code[begin : head.start("start")].strip()
            yield Item(head["fn"] or head["kind"], head["called"] or head["name"] or "", head.start("start"), last + 1, "test" in attributes, attributes)
        position = begin = last + 1
