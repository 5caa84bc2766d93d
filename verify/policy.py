"""What counts as the same behaviour.

The original is the reference; what it does as compiled is what its source means. On every input that it can take:

* Results are compared bit by bit in the width of the source type (i8, i16 and bool after truncation); any NaN equals any NaN.
* All of the caller's memory is compared after the call, inside the buffers and around them, so that missing and stray writes are seen.
  Padding within structs is not compared, and in float elements any NaN equals any NaN. A struct passed by value is the callee's: what it
  leaves there is not compared.
* Pointers, returned or in the caller's memory, are compared by where in that memory they lead; those that lead elsewhere by the text there, or by
  the bytes of what they point to where that holds no padding and no further pointers; any two others elsewhere count as equal.
* Calls of imported functions are compared in order, with their arguments; each is answered by a deterministic stand-in that depends on the
  calls so far. Arguments that are addresses count as offsets in the caller's memory, as the text of the module's own data, or as somewhere
  on its stack. A stand-in writes no memory. A call of abort is a panic.
* malloc, calloc, realloc and free are the judge's own, the same on both sides: now and then, and for more than 64 KiB, there is no memory. Their calls
  are compared as those of imports are, blocks by their size; what stands in the blocks that a call allocated is compared when it returns.
* What printf, fprintf, sprintf, snprintf, puts, fputs, fwrite and perror print, and to which stream, is compared as such: the format, the arguments
  that it asks for, and the texts that these lead to. sprintf and snprintf write a few letters, which depend on all that, and no more than fit.
* A pointer to a function leads to one of a few pure functions (an argument, a mixture or a comparison of the arguments, a constant), which write no
  memory. Their calls are compared in order, with the arguments, and with what those that are pointers lead to.
* By how much memory grew is compared.
* Traps are compared by kind. A panic (unreachable) is the same as a trap of integer division, integer overflow, float conversion or an
  indirect call, in either direction: languages that check before they divide panic where others trap. After a trap memory is not compared.
* What a function keeps between calls (globals, static data) is compared by what later calls do: over the inputs in one order, and, where
  the code could keep anything, over further orders, repetitions and short sequences in fresh instances. Functions that share variables are
  also called in turn, in one instance. What a function sets and does not read itself shows in no later call of it: unless it is called in turn
  with one that reads it, the verdict is "inconclusive".
* An input is set aside and counted, not judged, when the original itself reads or writes outside the buffers it was given or its own data (or, among
  plain types, is inside of one only because of where it lies beside another), calls a pointer to a function that is null, or runs out of the
  machine's stack or of fuel, or when it breaks a precondition that the user gave.
  Where the original is C or C++ source, also when that source, compiled with checks, does not do the same: an index outside of its array, a shift
  by too much, a float that does not fit the integer type it is cast to, or a variable that was never set leaves to the compiler what happens.
  Where the language itself says what such a float becomes (Rust's nearest integer, a trap in AssemblyScript) that counts as it is.
* Inputs keep what the signature promises: a length is not negative and its buffer holds exactly that many elements (but where the original is seen
  to take its buffers otherwise, n * n elements, n + 1, 3 * w * h, 256 of them, they hold what it reaches on small numbers), a bool is 0 or 1, narrow
  integers are extended as the C ABI says, no pointer parameter is null; what pointers in memory lead to is there whole, strings end. Equal normal
  forms and proofs may rest on that. Among wider types (pointers in structs, pointers to pointers, structs by value, pointers to functions)
  pointers in memory may be null, shared, and lead in circles, and a pointer parameter is null in some inputs if the original is seen to take that; a number
  beside a pointer in a struct says, in most inputs, no more than how many elements there are, if the original is seen to take more inputs so.
* That a translation needs more steps is no difference, that it never ends is one. Inputs that take it more than 100 times the fuel that the
  original may use are looked at one by one: if control comes back to a loop with all that decides where it goes as it was, it never ends. If it ends within
  a hundred million instructions (fewer where each takes long) it is slow, and those inputs are set aside. If neither, it counts as endless unless its
  steps grow with the numbers that it is given where those of the original do not: then the verdict is "inconclusive".
* Pointers of one type are also judged aliased and overlapping when one of them is not const, because the original accepts that;
  Rust's `&mut` and Zig's slices get no exemption. The counterexample says when two pointers overlap, the verdict when only such inputs differ.
* A candidate that the inputs do not tell apart is given more, which its own branches and constants suggest; thousands that are tried on the way
  to those, and not counted, are run on both sides too.
* A proof by z3 covers all arguments and all contents of memory; a candidate may read what its buffers hold even where the original does not.
  A proof for loops of at most 8 iterations is no proof: the verdict stays "tested" and says so.
* Not compared: the candidate's own stack, heap and data, and time. Fuel used is reported, not judged.
"""

from __future__ import annotations

import numpy as np

from transpile.corpus.signature import FLOATS, WIDTHS, Signature
from transpile.verify import driver
from transpile.verify.driver import Outcomes
from transpile.verify.layout import VALUE, Layout

TEXT = __doc__.strip()

FUEL_FACTOR = 100

_NAMES = {
    driver.RETURNED: "returns",
    driver.STACK_OVERFLOW: "stack overflow",
    driver.OUT_OF_BOUNDS: "memory access out of bounds",
    driver.INTEGER_OVERFLOW: "integer overflow",
    driver.DIVISION_BY_ZERO: "division by zero",
    driver.BAD_CONVERSION: "float to integer conversion out of range",
    driver.UNREACHABLE: "unreachable (panic)",
    driver.OUT_OF_FUEL: "no end in sight",
    driver.UNRESOLVED: "call of an unresolved import",
    driver.TABLE_OUT_OF_BOUNDS: "indirect call out of bounds",
    driver.NULL_CALL: "indirect call of null",
    driver.BAD_SIGNATURE: "indirect call of another type",
}

_SET_ASIDE = (driver.STACK_OVERFLOW, driver.OUT_OF_BOUNDS, driver.OUT_OF_FUEL, driver.UNRESOLVED, driver.OTHER_TRAP, driver.NOT_RUN)

_WRONG_CALLS = (driver.TABLE_OUT_OF_BOUNDS, driver.NULL_CALL, driver.BAD_SIGNATURE)

_PANICS = (
    driver.INTEGER_OVERFLOW,
    driver.DIVISION_BY_ZERO,
    driver.BAD_CONVERSION,
    driver.TABLE_OUT_OF_BOUNDS,
    driver.NULL_CALL,
    driver.BAD_SIGNATURE,
)


def _table(statuses: tuple[int, ...]) -> np.ndarray:
    """bool [256]: a status is one of these."""
    out = np.zeros(256, bool)
    out[list(statuses)] = True
    return out


_UNUSABLE, _UNUSABLE_WIDE, _PANIC = _table(_SET_ASIDE), _table((*_SET_ASIDE, *_WRONG_CALLS)), _table(_PANICS)


def describe(status: int) -> str:
    """A status in words."""
    return _NAMES.get(int(status), "trap")


def unusable(status: np.ndarray, wide: bool = False) -> np.ndarray:
    """bool [N]: the original ended in a way that sets the input aside. `wide`: pointers to functions may be null, and calling that sets aside."""
    return (_UNUSABLE_WIDE if wide else _UNUSABLE)[status]


def same_end(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """bool [N]: two statuses count as the same way to end."""
    panics = (expected == driver.UNREACHABLE) & _PANIC[got] | (got == driver.UNREACHABLE) & _PANIC[expected]
    return (expected == got) | panics


def canonical_results(results: np.ndarray, signature: Signature) -> np.ndarray:
    """Raw result bits cut to the source width, every NaN made the same; a pointer as `marshal` has made it comparable."""
    scalar = signature.result_scalar
    if scalar is None:
        return np.zeros_like(results)
    if scalar not in WIDTHS:
        return results
    return _canonical(results & np.uint64((1 << 8 * WIDTHS[scalar]) - 1), scalar)


def _canonical(bits: np.ndarray, scalar: str) -> np.ndarray:
    if scalar not in FLOATS:
        return bits
    width = WIDTHS[scalar]
    exact = bits.astype(f"<u{width}")
    return np.where(np.isnan(exact.view(f"<f{width}")), exact.dtype.type((1 << 8 * width) - 1), exact).astype(bits.dtype)


def canonical_arenas(arenas: np.ndarray, layout: Layout) -> np.ndarray:
    """A copy of arenas with padding zeroed and every NaN in float fields made the same."""
    out = np.where(layout.dust(), np.uint8(0), arenas)
    every = np.arange(len(out))
    for slot in layout.slots:
        for field in slot.fields:
            if field.scalar in FLOATS and slot.role != VALUE:
                layout.write(out, slot, field, every, _canonical(layout.columns(out, slot, field), field.scalar))
    return out


def differences(layout: Layout, expected: Outcomes, got: Outcomes) -> np.ndarray:
    """bool [N]: where the candidate's outcome is not the original's. Inputs set aside must have been taken out; NOT_RUN never differs."""
    ran = got.status != driver.NOT_RUN
    out = ran & ~same_end(expected.status, got.status)
    returned = ran & (expected.status == driver.RETURNED) & (got.status == driver.RETURNED)
    unequal = canonical_results(expected.results, layout.signature) != canonical_results(got.results, layout.signature)
    if layout.stride:
        rows = np.flatnonzero(returned & (expected.arenas != got.arenas).any(axis=1))
        if len(rows):
            pair = [canonical_arenas(one.arenas[rows], layout) for one in (expected, got)]
            unequal[rows] |= (pair[0] != pair[1]).any(axis=1)
    return out | returned & unequal | ran & (expected.calls != got.calls)
