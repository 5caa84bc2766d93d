"""Pure values of a function as a shared graph, simplified as they are built: the algebra behind the normal form.

Nothing here can trap or depends on memory, so a node may be computed anywhere, any number of times, or not at all.

The rules, each an identity of two's complement arithmetic or of the WebAssembly specification for every operand:

* sums: add, sub, multiplication and shift left by a constant, `x ^ -1` and `x ^ signbit` become one linear combination modulo 2^n of
  other values, with the coefficients summed and zero terms dropped; i32.wrap_i64 maps such a sum term by term
* mul, and, or, xor of integers are associative and commutative: flattened, constants folded, neutral elements dropped,
  `x & x`, `x | x` = x, `x ^ x` = 0; a constant factor of an operand of mul moves out of it
* integer comparisons become lt or eqz: `a > b` is `b < a`, `a >= b` is not `a < b`, `a <= b` is not `b < a`, `a == b` is eqz(a - b) up
  to sign (`a ^ b` likewise); a constant stands on the right (`c < x` is not `x < c + 1`, unless c is the largest); `x <u 1` is eqz(x);
  `x >>u n-1` is `x < 0`; signed comparisons, divisions, shifts and conversions of
  values that can't be negative are unsigned (see `Nodes.bound`)
* truth values: eqz(eqz(b)) = b, `b & 1` = b, `b ^ 1` = eqz(b), `a & b` = eqz(eqz(a) | eqz(b)) where a and b are 0 or 1; where only
  zero or not matters (conditions, eqz), eqz(eqz(x)) is x, `x | y` takes such x and y, and k + c * b is b, eqz(b) or a constant
* select: an inverted condition swaps the arms, equal arms are the value, arms 1 and 0 are the condition, `x ? x : 0` is x;
  `a < b ? a : b` (also with <=) and `b < a ? b : a` are one minimum, likewise the maximum (integers only)
* floats: `a > b` is `b < a`, `a >= b` is `b <= a`, `a != b` is not `a == b`; add, mul, eq, min and max are commutative. The payload of
  a NaN result is nondeterministic by the specification, so the order of operands doesn't decide it
* comparisons of extended values are comparisons of what was extended; wrap(extend(x)) = x; a mask that covers all bits a value can have is dropped

Divisions belong here only where they cannot trap: by a constant other than 0 (and -1 for div_s).
"""

from __future__ import annotations

from collections.abc import Iterable

from transpile.corpus.normal.nodes import BITS, Nodes
from transpile.corpus.wasm.opcodes import EFFECTS

_SWAPPED = {"gt": "lt", "ge": "le"}
COMMUTATIVE = frozenset(
    f"{kind}.{op}" for kind in ("f32", "f64") for op in ("add", "mul", "eq", "min", "max")
) | {f"{kind}.{op}" for kind in ("i32", "i64") for op in ("mul", "and", "or", "xor", "min_s", "min_u", "max_s", "max_u")}  # fmt: skip
"""Operations whose operands the writer may print in any order. min and max of integers are ours, printed as a select."""


class Values(Nodes):
    """The graph of one function's values, with every rule above. Methods take and give node numbers."""

    def build(self, operation: str, operands: tuple[int, ...], immediate: object = None) -> int:
        """The simplified node of a pure instruction (or of an operation of ours: lin, min_s, ...)."""
        if operation.endswith("_s"):
            operation = self.unsigned(operation, operands)
        kind, _, name = operation.partition(".")
        if kind in ("i32", "i64"):
            if name == "lin":
                constant, coefficients = immediate  # type: ignore[misc]
                return self._combine(kind, constant, zip(operands, coefficients, strict=True))
            rule = _RULES.get(name)
            if rule is not None:
                return rule(self, kind, name, operands)
        elif name in ("gt", "ge"):
            return self.node(f"{kind}.{_SWAPPED[name]}", "i32", None, (operands[1], operands[0]))
        elif name == "ne":
            return self.negate(self.build(f"{kind}.eq", operands))
        elif operation == "select":
            return self._select(*operands)
        result = EFFECTS[operation][1][0]
        if operation in COMMUTATIVE:
            operands = tuple(sorted(operands))
        return self.node(operation, result, immediate, operands)

    # ------------------------------------------------------------ sums

    def sum(self, number: int) -> tuple[int, dict[int, int]]:
        """A node as constant and coefficients by term."""
        operation, _, immediate, operands = self.nodes[number]
        if operation == "const":
            return immediate, {}  # type: ignore[return-value]
        if operation.endswith(".lin"):
            constant, coefficients = immediate  # type: ignore[misc]
            return constant, dict(zip(operands, coefficients, strict=True))
        return 0, {number: 1}

    def _combine(self, kind: str, constant: int, parts: Iterable[tuple[int, int]]) -> int:
        """constant + sum of factor * node, modulo 2^n."""
        mask = (1 << BITS[kind]) - 1
        terms: dict[int, int] = {}
        for number, factor in parts:
            more, inner = self.sum(number)
            constant += more * factor
            for term, coefficient in inner.items():
                terms[term] = terms.get(term, 0) + coefficient * factor
        kept = sorted((term, coefficient & mask) for term, coefficient in terms.items() if coefficient & mask)
        constant &= mask
        if not kept:
            return self.constant(kind, constant)
        if not constant and len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        return self.node(f"{kind}.lin", kind, (constant, tuple(c for _, c in kept)), tuple(t for t, _ in kept))

    def _add(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        left, right = operands
        return self._combine(kind, 0, ((left, 1), (right, 1 if name == "add" else -1)))

    def _shl(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        count = self.value(operands[1])
        if count is None:
            return self.node(f"{kind}.shl", kind, None, operands)
        return self._combine(kind, 0, ((operands[0], 1 << count % BITS[kind]),))

    def _mul(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        factor, rest = 1, []
        for one in operands:
            operation, _, _, inner = self.nodes[one]
            for part in inner if operation == f"{kind}.mul" else (one,):
                constant, terms = self.sum(part)
                if not terms:
                    factor *= constant
                elif not constant and len(terms) == 1:
                    (term, coefficient), = terms.items()
                    factor *= coefficient
                    rest += self.nodes[term][3] if self.nodes[term][0] == f"{kind}.mul" else (term,)
                else:
                    rest.append(part)
        if not rest:
            return self.constant(kind, factor)
        product = rest[0] if len(rest) == 1 else self.node(f"{kind}.mul", kind, None, tuple(sorted(rest)))
        return self._combine(kind, 0, ((product, factor),))

    def _wrap(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        operation, _, immediate, inner = self.nodes[operands[0]]
        if operation in ("i64.extend_i32_s", "i64.extend_i32_u"):
            return inner[0]
        if operation == "const":
            return self.constant("i32", immediate)  # type: ignore[arg-type]
        if operation == "i64.lin":
            constant, coefficients = immediate  # type: ignore[misc]
            wrapped = [self._wrap(kind, name, (one,)) for one in inner]
            return self._combine("i32", constant, zip(wrapped, coefficients, strict=True))
        return self.node("i32.wrap_i64", "i32", None, operands)

    # ------------------------------------------------------------ bits

    def _bitwise(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        ones = (1 << BITS[kind]) - 1
        constant = ones if name == "and" else 0
        parts: list[int] = []
        for one in operands:
            inner = self.nodes[one][3] if self.nodes[one][0] == f"{kind}.{name}" else (one,)
            for part in inner:
                value = self.value(part)
                if value is None:
                    if name == "xor" and part in parts:
                        parts.remove(part)
                    elif part not in parts:
                        parts.append(part)
                elif name == "and":
                    constant &= value
                elif name == "or":
                    constant |= value
                else:
                    constant ^= value
        if not parts or (name == "and" and constant == 0) or (name == "or" and constant == ones):
            return self.constant(kind, constant)
        if name == "xor" and constant in (ones, 1 << (BITS[kind] - 1)):
            rest = self._bitwise(kind, name, tuple(parts)) if len(parts) > 1 else parts[0]
            return self._combine(kind, constant, ((rest, -1 if constant == ones else 1),))
        if kind == "i32" and name == "xor" and constant == 1 and len(parts) == 1 and self.bound(parts[0]) <= 1:
            return self.negate(parts[0])
        if name == "and" and constant & constant + 1 == 0 and any(self.bound(one) <= constant for one in parts):
            constant = ones
        if name == "and" and kind == "i32" and len(parts) > 1 and constant == ones and all(self.bound(one) <= 1 for one in parts):
            return self.negate(self._bitwise(kind, "or", tuple(self.negate(one) for one in parts)))
        if constant != (ones if name == "and" else 0):
            parts.append(self.constant(kind, constant))
        return parts[0] if len(parts) == 1 else self.node(f"{kind}.{name}", kind, None, tuple(sorted(parts)))

    def _shr_u(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        count = self.value(operands[1])
        if count is not None and count % BITS[kind] == 0:
            return operands[0]
        if kind == "i32" and count is not None and count % 32 == 31:
            return self.build("i32.lt_s", (operands[0], self.constant("i32", 0)))
        return self.node(f"{kind}.shr_u", kind, None, operands)

    # ------------------------------------------------------------ truth

    def negate(self, number: int) -> int:
        """1 if the node is 0, else 0."""
        return self._eqz(self.kind(number), "eqz", (number,))

    def truth(self, number: int) -> int:
        """A node that is zero exactly when this i32 is, as simple as can be: what a condition needs."""
        operation, _, immediate, operands = self.nodes[number]
        if operation == "i32.eqz" and self.nodes[operands[0]][0] == "i32.eqz":
            return self.nodes[operands[0]][3][0]
        if operation == "i32.lin" and len(operands) == 1 and self.bound(operands[0]) <= 1:
            constant, coefficients = immediate  # type: ignore[misc]
            if_zero, if_one = constant != 0, (constant + coefficients[0]) & 0xFFFFFFFF != 0
            if if_zero == if_one:
                return self.constant("i32", int(if_one))
            return operands[0] if if_one else self.negate(operands[0])
        if operation == "i32.or":
            parts = tuple(self.truth(one) for one in operands)
            return number if parts == operands else self._bitwise("i32", "or", parts)
        return number

    def condition(self, number: int) -> int:
        """`truth`, and of a sum and its negative always the same one."""
        number = self.truth(number)
        operation, kind, _, _ = self.nodes[number]
        return min(number, self._combine(kind, 0, ((number, -1),))) if operation == "i32.lin" else number

    def _eqz(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        number = self.truth(operands[0]) if kind == "i32" else operands[0]
        operation, _, immediate, inner = self.nodes[number]
        if operation == "const":
            return self.constant("i32", int(immediate == 0))
        if operation.endswith(".eqz") and self.bound(inner[0]) <= 1 and self.kind(inner[0]) == "i32":
            return inner[0]
        if operation == f"{kind}.xor" and len(inner) == 2:
            return self._eqz(kind, name, (self._combine(kind, 0, ((inner[0], 1), (inner[1], -1))),))
        narrow = self._narrow_eqz(number) if kind == "i64" else None
        if narrow is not None:
            return narrow
        if operation == f"{kind}.lin":
            opposite = self._combine(kind, 0, ((number, -1),))
            number = min(number, opposite)
        return self.node(f"{kind}.eqz", "i32", None, (number,))

    def _narrowed(self, number: int, sign: str) -> int | None:
        """The i32 that a 64-bit value extends, if it does: by that sign."""
        operation, _, _, operands = self.nodes[number]
        value = self.value(number)
        if value is not None:
            narrow = self.constant("i32", value)
            extended = self.signed(narrow) if sign == "s" else self.value(narrow)
            return narrow if extended == (self.signed(number) if sign == "s" else value) else None
        if operation == f"i64.extend_i32_{sign}" or (operation == "i64.extend_i32_u" and self.bound(operands[0]) <= 0x7FFFFFFF):
            return operands[0]
        return None

    def _narrow_eqz(self, number: int) -> int | None:
        """eqz of extend(a), extend(a) - extend(b) or extend(a) - c as a comparison of 32 bits, else None."""
        constant, terms = self.sum(number)
        ones = (1 << 64) - 1
        if sorted(terms.values()) == [1, ones] and constant == 0:
            pair = list(terms)
        elif list(terms.values()) in ([1], [ones]):
            pair = [*terms, self.constant("i64", -constant if 1 in terms.values() else constant)]
        else:
            return None
        for sign in "us":
            left, right = (self._narrowed(one, sign) for one in pair)
            if left is not None and right is not None:
                return self._eq("i32", "eq", (left, right))
        return None

    def _eq(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        difference = self._combine(kind, 0, ((operands[0], 1), (operands[1], -1)))
        same = self._eqz(kind, "eqz", (difference,))
        return same if name == "eq" else self.negate(same)

    def _less(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        relation, _, sign = name.partition("_")
        left, right = operands
        if relation in ("gt", "le"):
            left, right = right, left
        found = self._less_than(kind, sign, left, right)
        return found if relation in ("lt", "gt") else self.negate(found)

    def _less_than(self, kind: str, sign: str, left: int, right: int) -> int:
        bits = BITS[kind]
        largest = (1 << bits - (sign == "s")) - 1
        smallest = -(1 << bits - 1) if sign == "s" else 0
        if sign == "s" and max(self.bound(left), self.bound(right)) <= largest:
            return self._less_than(kind, "u", left, right)
        if kind == "i64":
            low, high = self._narrowed(left, sign), self._narrowed(right, sign)
            if low is not None and high is not None:
                return self._less_than("i32", sign, low, high)
        read = self.signed if sign == "s" else self.value
        a, b = read(left), read(right)
        if a is not None and b is not None:
            return self.constant("i32", int(a < b))
        if left == right or a == largest or b == smallest:
            return self.constant("i32", 0)
        if a is not None:
            return self.negate(self._less_than(kind, sign, right, self.constant(kind, a + 1)))
        if sign == "u" and b == 1:
            return self._eqz(kind, "eqz", (left,))
        return self.node(f"{kind}.lt_{sign}", "i32", None, (left, right))

    def _select(self, then: int, other: int, condition: int) -> int:
        condition = self.condition(condition)
        if self.nodes[condition][0] == "i32.eqz":
            then, other, condition = other, then, self.condition(self.nodes[condition][3][0])
        value = self.value(condition)
        if then == other or value or (then == condition and self.value(other) == 0):
            return then
        if value == 0:
            return other
        kind = self.kind(then)
        if kind == "i32" and (self.value(then), self.value(other)) in ((1, 0), (0, 1)):
            inverted = self.negate(condition)
            return inverted if self.value(other) else self.negate(inverted)
        operation, _, _, compared = self.nodes[condition]
        if operation[:3] == kind and operation[4:] in ("lt_s", "lt_u"):
            left, right = compared
            sides = [(left, right)]
            limit = self.value(right)
            if limit is not None:  # x < c + 1 is x <= c
                sides.append((left, self.constant(kind, limit - 1)))
            for small, large in sides:
                if (then, other) in ((small, large), (large, small)):
                    name = ("min" if then == small else "max") + operation[6:]
                    return self._choice(kind, name, (small, large))
        return self.node("select", kind, None, (then, other, condition))

    def _choice(self, kind: str, name: str, operands: tuple[int, ...]) -> int:
        """min or max: unsigned where no operand can be negative; with 0 then known."""
        if max(self.bound(one) for one in operands) < 1 << BITS[kind] - 1:
            name = f"{name[:4]}u"
        values = [self.value(one) for one in operands]
        if name[-1] == "u" and 0 in values:
            return operands[values.index(0) ^ (name == "max_u")]
        return self.node(f"{kind}.{name}", kind, None, tuple(sorted(operands)))


_RULES = {
    "add": Values._add, "sub": Values._add, "shl": Values._shl, "mul": Values._mul, "wrap_i64": Values._wrap,
    "and": Values._bitwise, "or": Values._bitwise, "xor": Values._bitwise, "shr_u": Values._shr_u, "eqz": Values._eqz,
    "eq": Values._eq, "ne": Values._eq,
    "min_s": Values._choice, "min_u": Values._choice, "max_s": Values._choice, "max_u": Values._choice,
} | {f"{relation}_{sign}": Values._less for relation in ("lt", "gt", "le", "ge") for sign in "su"}  # fmt: skip
