"""NUL-terminated strings and byte buffers, read only: lengths, counts, comparisons, words, brackets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, negate, number, within
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope


def source(f: Scope, sized: float = 0.4) -> Array:
    """Bytes to read: a string without a length, or an array with one."""
    return f.array(f.element_type(choices.BYTES)) if f.chance(sized) else f.text()


@contextmanager
def each_byte(f: Scope, s: Array) -> Iterator[E]:
    """Over all bytes, in the ways people walk strings. The body must not continue the loop."""
    if s.sized:
        with f.walk(s, 0.4) as (c, _):
            yield c
        return
    roll = f.rng.random()
    i = f.let(0, "index")
    if roll < 0.45:
        with f.loop(s[i] != 0):
            yield s[i]
            f.add(i)
    elif roll < 0.7:
        with f.loop(s[i] != 0):
            c = f.let(s[i])
            yield c
            f.add(i)
    elif roll < 0.85:
        c = f.let(s[i])
        with f.loop(c != 0):
            yield c
            f.add(i)
            f.set(c, s[i])
    else:
        with f.loop():
            c = f.let(s[i])
            with f.when(c == 0):
                f.brk()
            f.add(i)
            yield c


def more(s: Array, i: E) -> E:
    """Whether the cursor stands on a byte."""
    return i < s.len if s.sized else s[i] != 0


def standing(s: Array, i: E, condition: E) -> E:
    """A condition on the byte under the cursor that a NUL fails, made safe at the end."""
    return both(i < s.len, condition) if s.sized else condition


@idiom("value", 1.5)
def string_length(f: Scope) -> E:
    """strlen, maybe up to a limit or a stop character."""
    s = f.text()
    i = f.let(0, f.any("index", "index", "i32", "usize"))
    condition = s[i] != 0
    roll = f.rng.random()
    if roll < 0.2:
        limit = f.scalar(i.type) if i.type != "index" else f.any(16, 64, 255, 256)
        condition = both(i < limit, condition)
    elif roll < 0.4:
        condition = both(condition, s[i] != f.any(*choices.CHARACTERS))
    with f.loop(condition):
        f.add(i)
    return i


@idiom("value", 2.5)
def count_bytes(f: Scope) -> E:
    """Characters of a class, or equal to a parameter."""
    if f.chance(0.3):
        s = source(f)
        key = f.scalar(s.element)
    else:
        s, key = source(f), None
    count = f.let(0, f.any("i32", f.length_type, "u32"))
    with each_byte(f, s) as c, f.when(c == key if key is not None else holes.char_class(f, c)):
        f.add(count)
    return count


@idiom("value", 1.5)
def count_classes(f: Scope) -> E:
    """A score over several classes (password strength, weights per class)."""
    s = source(f)
    total = f.let(0, "i32")
    with each_byte(f, s) as c:
        with f.when(holes.char_class(f, c)):
            f.add(total, f.any(1, 1, 2, 10))
        with f.elsewhen(holes.char_class(f, c)) if f.chance(0.7) else f.when(holes.char_class(f, c)):
            f.set(total, f.any(1, 2, 3, 5), f.any("+", "-", "+"))
        if f.chance(0.3):
            with f.other():
                f.set(total, 1, f.any("-", "+"))
    return total


@idiom("tail", 1.5)
def find_byte(f: Scope) -> None:
    """strchr and strrchr by position."""
    s = source(f)
    key = f.scalar(s.element) if f.chance(0.6) else None
    f.result = "i32" if f.chance(0.7) else f.length_type
    last = f.chance(0.25)
    i = f.let(0, "index")
    found = f.let(-1, "i32") if last else None
    f.result = "i32" if last else f.result
    with f.loop(more(s, i)), _stepping(f, i), f.when(s[i] == key if key is not None else holes.char_class(f, s[i])):
        if last:
            f.set(found, i)
        else:
            f.ret(i)
    if last:
        f.ret(found)
    else:
        f.ret(-1 if f.result == "i32" else i)


@contextmanager
def _stepping(f: Scope, i: E) -> Iterator[None]:
    yield
    f.add(i)


@idiom("tail", 2)
def compare_strings(f: Scope) -> None:
    """strcmp, strncmp, equality, prefix; with or without folding of case."""
    type = f.any(*choices.BYTES)
    s, t = f.text((type,)), f.text((type,))
    roll = f.rng.random()
    i = f.let(0, "index")
    if roll < 0.3:
        with f.loop(both(s[i] != 0, s[i] == t[i]) if f.chance(0.7) else both(both(s[i] != 0, t[i] != 0), s[i] == t[i])):
            f.add(i)
        f.result = "i32"
        if f.chance(0.35):
            f.result = f.truth
            f.ret(holes.truth(f, s[i] == t[i]))
        else:
            a, b = s[i], t[i]
            if type == "i8" and f.chance(0.5):
                a, b = a.to("u8"), b.to("u8")
            f.ret(a.to("i32") - b.to("i32"))
    elif roll < 0.6:
        prefix = f.chance(0.4)
        with f.loop(t[i] != 0 if prefix else s[i] != 0):
            with f.when(s[i] != t[i]):
                holes.ret_truth(f, False)
            f.add(i)
        f.ret(True if f.result == "bool" else 1) if prefix else f.ret(holes.truth(f, t[i] == 0))
    elif roll < 0.8:
        f.result = "i32"
        with f.loop(either(s[i] != 0, t[i] != 0) if f.chance(0.5) else s[i] != 0):
            a, b = f.let(s[i].to("i32")), f.let(t[i].to("i32"))
            for c in (a, b):
                with f.when(within(c, "A", "Z")):
                    f.set(c, 32, "+") if f.chance(0.7) else f.set(c, c | 32)
            with f.when(a != b):
                f.ret(a - b if f.chance(0.6) else choose(a < b, number(-1, "i32"), number(1, "i32")))
            f.add(i)
        f.ret(0 if f.chance(0.4) else -(t[i].to("i32")))
    else:
        f.result = "i32"
        limit = f.scalar(f.any("i32", "u32", "usize"))
        with f.loop(i.to(limit.type) < limit):
            with f.when(s[i] != t[i]):
                f.ret(choose(s[i] < t[i], number(-1, "i32"), number(1, "i32")) if f.chance(0.5) else s[i].to("i32") - t[i].to("i32"))
            with f.when(s[i] == 0):
                f.ret(0)
            f.add(i)
        f.ret(0)


@idiom("value", 2)
def count_words(f: Scope) -> E:
    """Words by a flag or by the previous character; count, longest, or first letters."""
    s = source(f)
    count = f.let(0, "i32")
    roll = f.rng.random()
    kind = f.any("space", "space", "char", "separator", "alpha", "alnum")
    if roll < 0.6:
        word = f.let(f.chance(0.1), "bool") if f.chance(0.7) else f.let(0, "i32")
        flag = word if word.type == "bool" else word != 0
        on, off = (True, False) if word.type == "bool" else (1, 0)
        with each_byte(f, s) as c:
            outside = holes.char_class(f, c, kind)
            if kind in ("alpha", "alnum"):
                outside = negate(outside)
            with f.when(outside):
                f.set(word, off)
            with f.elsewhen(negate(flag)):
                f.set(word, on)
                f.add(count)
        return count
    longest = f.let(0, "i32")
    with each_byte(f, s) as c:
        inside = holes.char_class(f, c, f.any("alpha", "alnum", "digit", "lower"))
        with f.when(inside):
            f.add(count)
            with f.when(count > longest):
                f.set(longest, count)
        with f.other():
            f.set(count, 0)
    return longest


@idiom("value", 1.6)
def hash_text(f: Scope) -> E:
    """djb2, sdbm, FNV and invented ones, over a string or a buffer."""
    s = source(f)
    type = f.any("u32", "u32", "u32", "u64", "i32")
    h = f.let(choices.seed_value(f.rng, type), type)
    roll = f.rng.random()
    with each_byte(f, s) as c:
        x = c.to("u8") if s.element == "i8" and f.chance(0.4) else c
        x = x.to(type)
        if roll < 0.4:
            f.set(h, h * choices.multiplier(f.rng, type) + x)
        elif roll < 0.55:
            f.set(h, (h << 5) + h + x if f.chance(0.6) else x + (h << 6) + (h << 16) - h)
        elif roll < 0.75:
            f.set(h, x, "^")
            f.set(h, choices.multiplier(f.rng, type), "*")
        elif roll < 0.87:
            f.add(h, x)
            f.set(h, h << f.any(10, 3, 5), "+")
            f.set(h, h >> f.any(6, 11, 2), "^")
        else:
            f.set(h, (h * choices.multiplier(f.rng, type) + x) % choices.pick(f.rng, choices.MODULI, type))
    if roll >= 0.75 and f.chance(0.5) and type != "i32":
        f.set(h, h << 3, "+")
        f.set(h, h >> 11, "^")
        f.set(h, h << 15, "+")
    return h % choices.pick(f.rng, (101, 256, 1009, 997, 64), type) if f.chance(0.15) else h


@idiom("tail", 1.6)
def brackets(f: Scope) -> None:
    """Depth of brackets: balanced, or deepest."""
    s = source(f)
    opening, closing = f.any("()", "()", "[]", "{}", "<>")
    depth = f.let(0, "i32")
    deepest = f.let(0, "i32") if f.chance(0.4) else None
    if deepest is not None:
        f.result = "i32"
    with each_byte(f, s) as c:
        with f.when(c == opening):
            f.add(depth)
            if deepest is not None:
                with f.when(depth > deepest):
                    f.set(deepest, depth)
        with f.elsewhen(c == closing):
            early = f.chance(0.5)
            if early:
                with f.when(depth == 0):
                    f.ret(-1) if deepest is not None else holes.ret_truth(f, False)
            f.sub(depth)
            if not early:
                with f.when(depth < 0):
                    f.ret(-1) if deepest is not None else holes.ret_truth(f, False)
    f.result = f.result or f.truth
    if deepest is not None:
        f.ret(choose(depth == 0, deepest, number(-1, "i32")) if f.chance(0.4) else deepest)
    else:
        f.ret(holes.truth(f, depth == 0))


@idiom("tail", 1.5)
def all_bytes(f: Scope) -> None:
    """Whether every byte is of a class (is_number, is_identifier, has_only)."""
    s = source(f)
    first = f.chance(0.35)
    if first:
        with f.when(s.len == 0 if s.sized else s[0] == 0):
            holes.ret_truth(f, f.chance(0.2))
        if f.chance(0.5):
            with f.when(holes.char_class(f, s[0])):
                holes.ret_truth(f, False)
    found = f.chance(0.25)
    test = holes.maybe_negated
    with each_byte(f, s) as c, f.when(test(f, holes.char_class(f, c), 0.15 if found else 0.9)):
        holes.ret_truth(f, found)
    holes.ret_truth(f, not found)


@idiom("tail", 1.5)
def text_palindrome(f: Scope) -> None:
    """Length first, then two cursors; maybe skipping what is no letter."""
    s = f.text()
    n = f.let(0, "index")
    with f.loop(s[n] != 0):
        f.add(n)
    if f.chance(0.4):
        with f.range(0, n / 2) as i, f.when(s[i] != s[n - 1 - i]):
            holes.ret_truth(f, False)
        holes.ret_truth(f, True)
        return
    with f.when(n == 0):
        holes.ret_truth(f, True)
    low, high = f.let(0, "index"), f.let(n - 1)
    skip = f.chance(0.3)
    with f.loop(low < high):
        if skip:
            char = f.any(" ", " ", "-", "_")
            with f.when(s[low] == char):
                f.add(low)
            with f.elsewhen(s[high] == char):
                f.sub(high)
            with f.other():
                with f.when(s[low] != s[high]):
                    holes.ret_truth(f, False)
                f.add(low)
                f.sub(high)
        else:
            with f.when(s[low] != s[high]):
                holes.ret_truth(f, False)
            f.add(low)
            f.sub(high)
    holes.ret_truth(f, True)


@idiom("value", 1.2)
def letter_table(f: Scope) -> E:
    """Letters counted in a local table: distinct, most frequent, first unique, anagram difference."""
    s = source(f)
    size = f.any(26, 26, 26, 10, 128)
    base = {26: "a", 10: "0", 128: None}[size]
    table = f.table(f.any("i32", "i32", "u8", "u32"), size)
    with each_byte(f, s) as c:
        if base is None:
            f.add(table[(c & 127).to("index")])
        else:
            inside = within(c, base, {26: "z", 10: "9"}[size])
            with f.when(inside):
                f.add(table[(c - base).to("index")])
    roll = f.rng.random()
    result = f.let(0, "i32")
    with f.range(0, size, type="index") as i:
        if roll < 0.4:
            with f.when(table[i].compare(*f.any((">", 0), ("!=", 0), ("==", 1), (">", 1)))):
                f.add(result)
        elif roll < 0.7:
            with f.when(table[i].to("i32") > (table[result.to("index")].to("i32"))):
                f.set(result, i)
        else:
            f.add(result, (table[i] & 1).to("i32") if f.chance(0.5) else table[i].to("i32") * table[i].to("i32"))
    return result


@idiom("value", 1)
def run_of_same(f: Scope) -> E:
    """Length of the longest run of one character, or number of runs."""
    s = source(f)
    last = f.let(0, s.element)
    run, best = f.let(0, "i32"), f.let(0, "i32")
    runs = f.chance(0.4)
    with each_byte(f, s) as c:
        with f.when(c == last):
            f.add(run)
        with f.other():
            f.set(run, 1)
            f.set(last, c)
            if runs:
                f.add(best)
        if not runs:
            with f.when(run > best):
                f.set(best, run)
    return best if not runs else choose(run > best, run, best)
