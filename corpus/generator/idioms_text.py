"""NUL-terminated strings and byte buffers: lengths, counts, comparisons, case, parsers of numbers, words."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, negate, number, within
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Block, Scope


class Reader:
    """A byte source: a NUL-terminated string or an array with a length, read through a cursor."""

    def __init__(self, f: Scope, sized: float = 0.4, types: tuple[str, ...] = choices.BYTES):
        self.f = f
        self.array: Array = f.array(f.element_type(types)) if f.chance(sized) else f.text(types)
        self.cursor: E | None = None

    @property
    def type(self) -> str:
        return self.array.element

    def start(self, at: int = 0) -> E:
        self.cursor = self.f.let(at, "index")
        return self.cursor

    @property
    def now(self) -> E:
        return self.array[self.cursor]

    def more(self, condition: E | None = None) -> E:
        """The cursor's byte exists (and passes)."""
        inside = self.cursor < self.array.len if self.array.sized else self.now != 0
        if condition is None:
            return inside
        if not self.array.sized and self.f.chance(0.3):
            return both(condition, inside)
        return both(inside, condition)

    def guarded(self, condition: E) -> E:
        """The condition on the cursor's byte, safe at the end: for conditions that a NUL fails."""
        return both(self.cursor < self.array.len, condition) if self.array.sized else condition

    def walk(self) -> Block:
        """Over all bytes: value is the byte."""
        f = self.f
        if self.array.sized:
            block = f.walk(self.array)
            block.value = block.value[0]
            return block
        self.start()
        block = f.loop(self.more())
        build = block.build
        if f.chance(0.35):
            c = E(f.let(0, "i32").node)  # placeholder name, replaced below
            f.emit_back(c)
        cursor = self.cursor

        def closing(body: tuple) -> None:
            f.blocks.append(list(body))
            f.add(cursor)
            build(tuple(f.blocks.pop()))

        block.build = closing
        block.value = self.now
        return block


@idiom("value", 1.5)
def string_length(f: Scope) -> E:
    s = f.text()
    i = f.let(0, f.any("index", "index", "i32", "usize"))
    with f.loop(s[i] != 0):
        f.add(i)
    return i
