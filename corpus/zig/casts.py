"""C's conversions in Zig: which builtins turn a value of one scalar type into another, without a safety check that could fail."""

from __future__ import annotations

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS


def fold(value: int | float, scalar: str) -> int | float:
    """A constant converted to `scalar`, as C does."""
    if scalar in FLOATS:
        return float(value)
    if scalar == "bool":
        return bool(value)
    bits = 8 * WIDTHS["usize" if scalar == "index" else scalar]
    value = int(value) & ((1 << bits) - 1)
    return value - (1 << bits) if scalar in SIGNED and value >> (bits - 1) else value


def convert(text: str, source: str, target: str) -> tuple[str, bool]:
    """`text` of type `source` as an expression that is `target` where that type is known from outside; and whether it is a builtin call
    (else it is `text` itself, which Zig widens). The types differ and `target` is not bool. To and from `index` the value must fit,
    but for a narrowing below 32 bits and one from u64, which truncate."""
    if source in FLOATS:
        if target in FLOATS:
            return (text, False) if WIDTHS[target] > WIDTHS[source] else (f"@floatCast({text})", True)
        return f"@intFromFloat({text})", True
    if source == "bool":
        return (f"@floatFromInt(@intFromBool({text}))" if target in FLOATS else f"@intFromBool({text})"), True
    if target in FLOATS:
        return f"@floatFromInt({text})", True
    source_width, target_width = _width(source), _width(target)
    if "index" in (source, target) and (target == "index" or target_width == 4):
        if source == "u64":
            return f"@truncate({text})", True
        widened = source not in SIGNED and source_width < target_width
        return (text, False) if widened else (f"@intCast({text})", True)
    source_signed, target_signed = source in SIGNED, target in SIGNED
    if target_width > source_width:
        if source_signed == target_signed or not source_signed:
            return text, False
        return f"@bitCast(@as(i{8 * target_width}, {text}))", True
    if target_width == source_width:
        if source_signed == target_signed:
            return f"@intCast({text})", True
        return f"@bitCast({text})", True
    if source_signed == target_signed:
        return f"@truncate({text})", True
    if source_signed:
        return f"@truncate(@as(u{8 * source_width}, @bitCast({text})))", True
    return f"@bitCast(@as(u{8 * target_width}, @truncate({text})))", True


def _width(scalar: str) -> int:
    return 4 if scalar == "index" else WIDTHS[scalar]
