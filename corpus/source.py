"""Source text of one function, canonical or as written, and what it needs to compile alone.

Canonical names: the function `f0`, its callees `c0`, `c1`, ... in the order in which the WAT calls them, structs `S0`..., fields `m0`... (numbered
over all structs), variables of the file `g0`... and functions whose address is taken `h0`... (numbered over the program; `e0`... where C's entry
point of one is a function of its own), parameters `p0`..., locals `v0`..., labels `l0`.... Renaming them by whole words is safe, because nothing else
in canonical source has such a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.corpus.globals import Global
from transpile.corpus.signature import Signature


@dataclass(frozen=True, slots=True)
class SourceFunction:
    """One function in one language.

    `text` is the function's definition alone, in the inner, idiomatic form (Rust and Zig: slices, no export). `signature` names its
    types as the C ABI sees them. `callees` are the functions it calls, each with its own definition, so that the unit compiles;
    `globals` the variables of the file that its own text names. A callee may be declared only: then its text is its prototype, which ends in
    `;`, and the module imports it.
    """

    language: str
    signature: Signature
    text: str
    callees: tuple[SourceFunction, ...] = field(default=())
    globals: tuple[Global, ...] = ()

    @property
    def is_declared_only(self) -> bool:
        return self.text.endswith(";")

    @property
    def name(self) -> str:
        return self.signature.name
