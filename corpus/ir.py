"""The generator's programs: a small typed syntax tree that every language can render in its own idiom.

Types are those of `signature` plus `index`: a non-negative count or array position. C renders `index` as the type of the
function's length parameters (`int`, `size_t`, `unsigned`: `Function.length_type`), Rust and Zig as `usize`.
Arithmetic on signed and unsigned integers wraps (C is compiled with -fwrapv); index arithmetic must not overflow or go below 0.
Shift counts are constants below the width, or masked by the program. Division guards against zero, or traps in every language.
Every expression carries its type, so that a renderer never infers. Names are canonical (p0, v0, c0, S0, m0) already.
"""

from __future__ import annotations

from dataclasses import dataclass

from transpile.corpus.globals import Global as FileVariable
from transpile.corpus.signature import Signature


class NotInLanguage(Exception):
    """A renderer has no words for a node: its language lacks it, or nobody has written them yet. The program is left out in that language."""


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expr:
    type: str


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A literal. `char` asks for a character literal (`'a'`, `b'a'`) where the language has one for the type."""

    value: int | float | bool
    char: bool = False


@dataclass(frozen=True, slots=True)
class Limit(Expr):
    """`type`'s largest (or smallest) value: INT32_MAX, i32::MAX, std.math.maxInt(i32). Integers only."""

    largest: bool


@dataclass(frozen=True, slots=True)
class Var(Expr):
    """A local or a scalar parameter (not one that holds a length: that is `Len`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Global(Var):
    """A scalar variable of the file, or field of one (`g0.m0`), which no function declares: calls may change it. Arrays of the file are named by
    `Index` and `Part`."""


@dataclass(frozen=True, slots=True)
class Len(Expr):
    """Number of elements of the array parameter `array`; type `index`. C: the length parameter; Rust: p0.len(); Zig: p0.len.

    For a local array (`LetArray`): its constant size.
    """

    array: str


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """`op` in + - * / % & | ^ << >>; both operands have `type`, but a shift count may be any integer type.

    On floats + - * / only. Integers wrap (see the module).
    """

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """`op` in - ~ ; operand has `type`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """`op` in < <= > >= == != on operands of one type; type `bool`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """`op` in and or; short-circuits; type `bool`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Not(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True)
class Select(Expr):
    """`condition ? then : other`; Rust and Zig: if/else expression."""

    condition: Expr
    then: Expr
    other: Expr


@dataclass(frozen=True, slots=True)
class Cast(Expr):
    """To `type` as C does: truncate, sign- or zero-extend by the operand's type, int to float and back (float to int saturates
    in Rust and is undefined in C: programs keep it in range), bool to int. To and from `index` too (value known to fit)."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Index(Expr):
    """Element `array[index]`; `array` is an array parameter, a NUL-terminated string parameter, an out-parameter (index Const 0)
    or a local array. `index` has type `index` or any integer (then renderers cast). With `field`: that field of a struct
    element (`m0.m1`: of a struct in it)."""

    array: str
    index: Expr
    field: str = ""


@dataclass(frozen=True, slots=True)
class Field(Expr):
    """`pointer->field` of a parameter that points to one struct."""

    pointer: str
    field: str


@dataclass(frozen=True, slots=True)
class Part(Expr):
    """`length` elements of an array from `start` on, as an argument of a call; type `array`. Without `length`: a pointer to the element.

    `rest`: the length is all that follows. The C call has the length as an argument of its own.
    """

    array: str
    start: Expr
    length: Expr | None = None
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A call of a helper of the same program. `arguments` are in the order of the C signature; an array argument is `Var` of its
    pointer name with type `array`, and the argument of its length parameter is `Len` of it (renderers with slices drop it), or a `Part`. Those of
    a variadic callee go on behind its parameters."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Builtin(Expr):
    """`name` in min max abs rotl rotr clz ctz popcount swap_bytes (unsigned ints; C writes these by builtins or by hand),
    sqrt floor ceil trunc fabs (floats; abs is for signed integers, wraps at the smallest; min and max are integers only).
    to_bits and from_bits take a float for an unsigned integer of its width and back. C renders min, max and abs as conditionals."""

    name: str
    arguments: tuple[Expr, ...]


# ---------------------------------------------------------------- pointers (only lifted programs have them; not every language says them)


@dataclass(frozen=True, slots=True)
class Place(Expr):
    """What lies at `base[index]` (the first if None), and there at the path of field names and indices of arrays in place; may be assigned to.

    `base` has a pointer type; its const does not count. `type` is a scalar, a pointer or a struct.
    """

    base: Expr
    index: Expr | None = None
    path: tuple[str | Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressOf(Expr):
    """A pointer to a place, which need not be inside of anything."""

    place: Place


@dataclass(frozen=True, slots=True)
class ArrayPointer(Expr):
    """A pointer to the first element of an array (a local one, or a parameter with a length), or to what a parameter refers to."""

    array: str


@dataclass(frozen=True, slots=True)
class Text(Expr):
    """A pointer to text that ends in NUL behind its `characters`, and never changes."""

    characters: bytes


@dataclass(frozen=True, slots=True)
class Borrow(Expr):
    """A pointer to a local variable or to a parameter that holds a struct."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionPointer(Expr):
    """A pointer to a function of the program, `h0` and so on, as C calls it."""

    name: str


@dataclass(frozen=True, slots=True)
class Null(Expr):
    """The null pointer of a pointer type, of those to functions too."""


@dataclass(frozen=True, slots=True)
class IsNull(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True)
class PointerCast(Expr):
    """A pointer, or a u32, as a pointer of another type; const may get lost."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class PointerBits(Expr):
    """The address that a pointer holds; type u32."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class CallThrough(Expr):
    """A call through a pointer to a function, which is not null; arguments have the types of its parameters."""

    function: Expr
    arguments: tuple[Expr, ...]


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Stmt:
    pass


@dataclass(frozen=True, slots=True)
class Let(Stmt):
    name: str
    type: str
    value: Expr
    mutable: bool = True


@dataclass(frozen=True, slots=True)
class LetArray(Stmt):
    """A local array of `size` elements, all zero, or `values`. `static`: it never changes, and pointers to it outlive the call."""

    name: str
    type: str
    size: int
    values: tuple[Expr, ...] = ()
    static: bool = False


@dataclass(frozen=True, slots=True)
class LetStruct(Stmt):
    """A local struct, all zero."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Bulk(Stmt):
    """memset (value: any integer), memcpy or memmove (value: a pointer) of `count` bytes (u32); pointers have type *u8."""

    name: str
    to: Expr
    value: Expr
    count: Expr


@dataclass(frozen=True, slots=True)
class Assign(Stmt):
    """`target op= value`; `op` is "" or an operator of `Binary`. The target is a Var, Index, Field or Place."""

    target: Expr
    value: Expr
    op: str = ""


@dataclass(frozen=True, slots=True)
class Swap(Stmt):
    """Exchange two elements of the array parameter (Rust: p0.swap(i, j); elsewhere through a temporary `temporary`)."""

    array: str
    left: Expr
    right: Expr
    temporary: str
    type: str


@dataclass(frozen=True, slots=True)
class If(Stmt):
    condition: Expr
    then: tuple[Stmt, ...]
    other: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class While(Stmt):
    condition: Expr
    body: tuple[Stmt, ...]
    label: str = ""
    """What a `Break` or `Continue` from an inner loop or switch calls it; "" where none does."""


@dataclass(frozen=True, slots=True)
class DoWhile(Stmt):
    """Body first. Rust: loop { ...; if !(c) { break; } }. The body has no `Continue` of its own level."""

    body: tuple[Stmt, ...]
    condition: Expr
    label: str = ""


@dataclass(frozen=True, slots=True)
class Loop(Stmt):
    """Endless until Break or Return: for (;;), loop, while (true)."""

    body: tuple[Stmt, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Block(Stmt):
    """Statements that a `Break` with the label leaves: Rust's and Zig's labelled blocks, C's goto."""

    label: str
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class ForRange(Stmt):
    """for name in start..stop (`inclusive`: ..=stop), by `step` (a positive constant), or from the top down if `reverse`.

    The body does not assign `name`. `type` is `index` or an integer type. Rust: ranges (.rev(), .step_by()); C: for; Zig: `for (a..b) |i|` for
    upward index loops by one, else while with a continue expression. An inclusive stop is never the largest value of its type.
    """

    name: str
    type: str
    start: Expr
    stop: Expr
    body: tuple[Stmt, ...]
    step: int = 1
    inclusive: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class ForEach(Stmt):
    """Over the elements of an array parameter (by value): `name` is the element, `index` (if not "") the position, type index.

    `type` is the element type. C: for over `counter` and a const local or inline use `array[counter]`; `counter` is `index` or a fresh name.
    """

    name: str
    type: str
    array: str
    body: tuple[Stmt, ...]
    index: str = ""
    counter: str = ""


@dataclass(frozen=True, slots=True)
class Switch(Stmt):
    """Cases are (constants, body); no fall through; `default` may be empty."""

    value: Expr
    cases: tuple[tuple[tuple[int, ...], tuple[Stmt, ...]], ...]
    default: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class Return(Stmt):
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Break(Stmt):
    """Out of the innermost loop, or of the loop or block of that label. In a `Switch` it always has one."""

    label: str = ""


@dataclass(frozen=True, slots=True)
class Continue(Stmt):
    label: str = ""


@dataclass(frozen=True, slots=True)
class Trap(Stmt):
    """End the program: __builtin_trap(), panic!(), @panic."""


@dataclass(frozen=True, slots=True)
class Do(Stmt):
    """A call for its effect."""

    call: Call | CallThrough


@dataclass(frozen=True, slots=True)
class Function:
    """`signature` in the C ABI (with length parameters; names p0...). `length_type`: i32, u32 or usize, the C type of `index`."""

    signature: Signature
    body: tuple[Stmt, ...]
    length_type: str = "i32"


@dataclass(frozen=True, slots=True)
class Program:
    """An entry function `f0` and its helpers `c0`, `c1` (a helper may call earlier helpers), and the variables of the file that they name."""

    entry: Function
    helpers: tuple[Function, ...] = ()
    globals: tuple[FileVariable, ...] = ()
