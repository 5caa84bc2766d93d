"""How a Go function is called as C calls: its values, where they lie among Go's arguments, and the LLVM that moves them there and back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a function's C ABI: its LLVM type there, where it lies among Go's arguments, and its type there if that is another."""

    type: str
    offset: int
    stored: str = ""
    signed: bool = False
    repeats: int = 1
    """How many times in a row it is stored: a slice's length is its capacity too."""
    copied: int = 0
    """Bytes of a struct that Go has in place, and C the address of."""

    @property
    def passed(self) -> str:
        """The type with what C's ABI says of how it fills a register."""
        return f"{self.type} {'signext' if self.signed else 'zeroext'}" if self.type in ("i1", "i8", "i16") else self.type


@dataclass(frozen=True, slots=True)
class Shape:
    """How a Go function is called as C calls: parameters, result."""

    parameters: tuple[Slot, ...]
    result: Slot | None = None

    @property
    def shared(self) -> bool:
        """Whether Go's own callers call it with the C ABI; what takes a copy of a struct becomes a part of them."""
        return not any(one.copied for one in self.parameters)


@dataclass(frozen=True, slots=True)
class Export:
    """A function to be exported under a name. `arguments`: of each parameter of the C ABI how it is passed (a slot of its own, or the number of
    the function's that it is) and the numbers of the function's slots that it fills; None where the function's own order is that of C."""

    name: str
    symbol: str
    arguments: tuple[tuple[Slot | int, tuple[int, ...]], ...] | None = None


def returned(slot: Slot) -> str:
    """A result's type, with what the ABI says of it in front."""
    return " ".join(reversed(slot.passed.split(" ")))


def resize(source: str, target: str, signed: bool) -> str:
    return "trunc" if int(source[1:]) > int(target[1:]) else "sext" if signed else "zext"


def store(lines: list[str], slot: Slot, value: str, place: str, fresh: str) -> None:
    """Store a C value as Go has it in memory."""
    stored = slot.stored or slot.type
    if slot.copied:
        lines.append(f"  {fresh} = inttoptr i32 {value} to ptr")
        lines.append(f"  call void @llvm.memmove.p0.p0.i32(ptr align 1 {place}, ptr align 1 {fresh}, i32 {slot.copied}, i1 false)")
        return
    if stored != slot.type:
        lines.append(f"  {fresh} = {resize(slot.type, stored, False)} {slot.type} {value} to {stored}")
        value = fresh
    lines.append(f"  store {stored} {value}, ptr {place}, align 1")


def load(lines: list[str], slot: Slot, place: str, fresh: str) -> str:
    """Load a Go value as C passes it."""
    stored = slot.stored or slot.type
    lines.append(f"  {fresh} = load {stored}, ptr {place}, align 1")
    if stored == slot.type:
        return fresh
    lines.append(f"  {fresh}c = {resize(stored, slot.type, slot.signed)} {stored} {fresh} to {slot.type}")
    return f"{fresh}c"
