"""What translated AssemblyScript stands on: pointers to elements, a stack for local arrays, and a byte swap, all of it inlined.

AssemblyScript has managed arrays and bare addresses. `Pointer<T>` is an address that can be indexed: `a[i]` compiles to what C's does (an
unmanaged class of no fields costs nothing). A struct is an unmanaged class, whose fields lie as C's do, and an element of `Pointer<Point>` is one.
"""

from __future__ import annotations

import re

POINTER = """\
// Elements in memory, one after another, as behind a pointer of C: no length, no checks.
@final @unmanaged class Pointer<T> {
    @inline private address(index: i32): usize {
        return changetype<usize>(this) + <usize>index * (isReference<T>() && offsetof<T>() > 0 ? offsetof<T>() : sizeof<T>());
    }
    @inline @operator("[]") get(index: i32): T {
        return isReference<T>() && offsetof<T>() > 0 ? changetype<T>(this.address(index)) : load<T>(this.address(index));
    }
    @inline @operator("[]=") set(index: i32, value: T): void {
        store<T>(this.address(index), value);
    }
    @inline @operator("+") add(index: i32): Pointer<T> {
        return changetype<Pointer<T>>(this.address(index));
    }
    @inline get value(): T {
        return load<T>(changetype<usize>(this));
    }
    @inline set value(value: T) {
        store<T>(changetype<usize>(this), value);
    }
}
"""

STACK = """\
// The stack that local arrays lie on, as in C. What is below it is free until the next call.
export let __stack_pointer: usize = memory.data(65536, 16) + 65536;
@inline function stackPointer<T>(offset: i32): Pointer<T> {
    return changetype<Pointer<T>>(__stack_pointer + offset);
}
@inline function stackArray<T>(offset: i32, count: i32): Pointer<T> {
    const array = stackPointer<T>(offset);
    for (let i = 0; i < count; i++) array[i] = <T>0;
    return array;
}
"""

SWAP = """\
@inline function swapBytes<T>(x: T): T {
    if (sizeof<T>() == 8) {
        const pairs = ((<u64>x >> 8) & 0x00ff00ff00ff00ff) | ((<u64>x & 0x00ff00ff00ff00ff) << 8);
        return <T>rotr(((pairs >> 16) & 0x0000ffff0000ffff) | ((pairs & 0x0000ffff0000ffff) << 16), 32);
    }
    return <T>(rotl(<u32>x & 0xff00ff00, 8) | rotr(<u32>x & 0x00ff00ff, 8));
}
"""

PROLOGUE = POINTER + STACK + SWAP

_PIECES = (
    (POINTER, r"\bPointer\s*<", r"\bclass\s+Pointer\b"),
    (STACK, r"\b(?:stackPointer|stackArray|__stack_pointer)\b", r"\blet\s+__stack_pointer\b"),
    (SWAP, r"\bswapBytes\s*\(", r"\bfunction\s+swapBytes\b"),
)
"""Each with what uses it and what defines it."""


def with_pieces(text: str) -> str:
    """A file with what it uses of the prologue and does not define itself, below the comment that it begins with."""
    wanted = [piece for piece, use, definition in _PIECES if re.search(use, text) and not re.search(definition, text)]
    if STACK in wanted and POINTER not in wanted and not re.search(_PIECES[0][2], text):
        wanted.insert(0, POINTER)
    if not wanted:
        return text
    comment = re.match(r"(?://[^\n]*\n)*", text)
    head = comment[0] if comment else ""
    return "\n".join(part.rstrip("\n") + "\n" for part in [*([head] if head else []), *wanted, text[len(head) :].lstrip("\n")] if part)
