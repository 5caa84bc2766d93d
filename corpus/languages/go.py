"""Go: slices for pointers with a length, pointers for the rest, structs with C's layout (which is Go's, for numbers).

Go's compiler translates a unit to wasm with a calling convention of its own, on a stack of its own; `go/link.py` turns what it wrote into a module of
LLVM, and clang optimizes that with the flags of C, so that a Go function is a wasm function like any other. Indices, nil and divisors are
checked as Go checks them; a panic is a trap. Calls are never inlined by Go.
Limits: what needs Go's runtime (allocation that outlives the function, strings that are built, maps, channels, goroutines, interfaces, closures) has
no place here: such a function is left out of the module, and a diagnostic says why. Level 0 is Go's -N, with clang's -O1 behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from transpile.corpus import ir, zigcc
from transpile.corpus.globals import Global
from transpile.corpus.go import toolchain as go_toolchain
from transpile.corpus.go.link import Linker
from transpile.corpus.go.object import Symbols
from transpile.corpus.go.packages import Library, archives, imported, refusal
from transpile.corpus.go.reader import read_functions, unread
from transpile.corpus.go.renderer import GoRenderer
from transpile.corpus.go.shapes import directive, exports, imports, shapes
from transpile.corpus.go.text import blank_go, entries
from transpile.corpus.go.text import functions as items
from transpile.corpus.go.types import go_type, head
from transpile.corpus.language import Compilation, Diagnostic, Findings, Language
from transpile.corpus.libm import MATH
from transpile.corpus.signature import WIDTHS, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import format_source
from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.opcodes import NATURAL_ALIGNMENT

_IMPORTS = {"math": "math.Pi", "math/bits": "bits.UintSize", "unsafe": "unsafe.Sizeof(0)"}
"""What a unit may import, and a constant of it that makes Go take the import for used."""

_C_FUNCTIONS = {
    f.name: f"//go:wasmimport env {f.name}\nfunc {f.name}({', '.join(go_type(t) for t in f.parameters)}) {go_type(f.type)}\n" for f in MATH.values()
}

PROLOGUE = (
    "package unit\n\nimport (\n" + "".join(f'\t"{name}"\n' for name in _IMPORTS) + ")\n\nconst (\n"
    + "".join(f"\t_ = {use}\n" for use in _IMPORTS.values()) + ")\n\n" + "".join(_C_FUNCTIONS.values())
)  # fmt: skip

REFUSED = (
    (re.compile(r"(?://|/\*)line\b"), "line directive"),
    (re.compile(r"//go:(?:embed|linkname|cgo\w*|debug|build)\b|^//\s*\+build\b", re.M), "directive of Go's tools"),
    (re.compile(r'\bimport\s*\(?[^)]*"C"'), "cgo"),
)
_ERROR = re.compile(r"^(?:.*/)?unit\.go:(\d+)(?::(\d+))?: (.*)$", re.M)
_PACKAGE = re.compile(r"^\s*package\s+(\w+)", re.M)
_UNUSED = re.compile(r"declared and not used: (\w+)$")

KEYWORDS = frozenset(
    """_ break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select
    struct switch type var bool byte error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64
    uintptr any true false iota nil append cap clear copy len make max min new panic print println recover complex real imag
    math bits unsafe Pointer Slice Add Abs Sqrt Floor Ceil Trunc Float32bits Float64bits Float32frombits Float64frombits Inf NaN
    LeadingZeros8 LeadingZeros16 LeadingZeros32 LeadingZeros64 TrailingZeros8 TrailingZeros16 TrailingZeros32 TrailingZeros64
    OnesCount8 OnesCount16 OnesCount32 OnesCount64 RotateLeft8 RotateLeft16 RotateLeft32 RotateLeft64 ReverseBytes16 ReverseBytes32
    ReverseBytes64 MaxInt8 MaxInt16 MaxInt32 MaxInt64 MinInt8 MinInt16 MinInt32 MinInt64 MaxUint8 MaxUint16 MaxUint32 MaxUint64""".split()
)


class Go(Language):
    name = "go"
    title = "Go"
    suffixes = (".go",)
    slices = True
    by_lines = True
    as_written = zigcc.AS_WRITTEN
    library_along = True
    keywords = KEYWORDS
    plain_types = {"int32": ("int",), "int64": ("int",), "uint32": ("uint",)}  # noqa: RUF012

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        return f"go {go_toolchain.toolchain().version}, zig cc {zigcc.zig_version()}"

    file_header = "package main\n"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        found = sorted((m.start(), what) for pattern, what in REFUSED for m in pattern.finditer(text))
        return tuple(Diagnostic(text.count("\n", 0, at) + 1, f"not allowed here: {what}") for at, what in found[:100])

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        package = "main" if (found := _PACKAGE.search(blank_go(text))) and found[1] == "main" else "unit"
        if foreign := _foreign(text):
            return Compilation(None, foreign)
        with zigcc.work_folder() as folder:
            done = go_toolchain.compile_unit(text, folder, seconds, package, archives(tuple(imported(text))), optimize=level != "0")
            if done.timed_out:
                return Compilation(None, (Diagnostic(None, f"Go's compiler ran longer than {seconds:g} s"),))
            if not done.ok:
                return Compilation(None, _diagnostics(done.stderr))
            symbols = Symbols((folder / "unit.a").read_bytes(), go_toolchain.builtins())
            wanted = exports(text, package)
            kinds = shapes(blank_go(text), package)
            linker = Linker(Library(symbols, package), kinds, [e for e in wanted if e.symbol in kinds], imports(text, package))
            module, reasons = linker.module()
            reasons |= {e.name: "its types are not C's" for e in wanted if e.symbol not in kinds}
            left_out = [
                Diagnostic(symbols[e.symbol].line if e.symbol in symbols else None, f"{e.name}: {reasons[e.name]}") for e in wanted if e.name in reasons
            ]
            if wanted and len(left_out) == len(wanted):
                return Compilation(None, tuple(left_out))
            (folder / "unit.ll").write_text(module)
            names = [e.name for e in wanted if e.name not in reasons]
            done = zigcc.finish("unit.ll", folder, "1" if level == "0" else level, names, seconds=seconds)
            if not done.ok:
                return Compilation(None, (Diagnostic(None, done.stderr.strip()[-300:] or f"zig ran longer than {seconds:g} s"),))
            return Compilation(_aligned((folder / "unit.wasm").read_bytes()), tuple(left_out))

    def _check(self, text: str, seconds: float) -> Findings:
        package = "main" if (found := _PACKAGE.search(blank_go(text))) and found[1] == "main" else "unit"
        if foreign := _foreign(text):
            return Findings(foreign, (), f"go {go_toolchain.toolchain().version}")
        with zigcc.work_folder() as folder:
            done = go_toolchain.compile_unit(text, folder, seconds, package, archives(tuple(imported(text))), optimize=False)
        return Findings(() if done.ok else tuple(_diagnostics(done.stderr)), (), f"go {go_toolchain.toolchain().version}")

    # ------------------------------------------------------------ writing what a signature determines

    def write_struct(self, struct: Struct) -> str:
        fields = "".join(f"\t{name} {go_type(type_)};\n" for name, type_ in struct.fields)
        if struct.align > 1:
            fields = f"\t_ [0]uint{8 * struct.align};\n{fields}"
        return f"type {struct.name} struct {{\n{fields}}};"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        type_ = go_type(one.type) if one.count is None else f"[{one.count}]{go_type(one.type)}"
        spell = GoRenderer(ir.Function(Signature("f0", ()), ()), {})
        values = ", ".join(spell.text(ir.Const(one.type, v)) for v in one.values)
        if not values:
            return f"var {one.name} {type_};"
        return f"var {one.name} {type_} = {values};" if one.count is None else f"var {one.name} = {type_}{{{values}}};"

    def write_header(self, signature: Signature) -> str:
        return f"{head(signature)} {{"

    def write_prototype(self, signature: Signature) -> str:
        return f"{head(signature)};"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        """For a unit the line that says what is exported; `always`: what Go's own linker takes, too."""
        return _wasm_export(signature) if always else directive(signature)

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        return source.text

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        symbols = {one.name: one.symbol for one in items(blank_go(text))}
        directives = "\n".join(directive(f.signature, symbols.get(f.name, "")) for f in functions)
        package = _PACKAGE.search(blank_go(text))
        if package is None:
            return f"{self.prologue}{text}\n{directives}\n", self.prologue.count("\n")
        main = "func main() {}\n" if package[1] == "main" and "main" not in self.definitions(text) else ""
        return f"{text}\n{main}{directives}\n", 0

    def definitions(self, text: str) -> list[str]:
        names = dict.fromkeys(one.name for one in items(blank_go(text)) if one.name != "init" and one.body)
        passed = entries(text, names)
        return [name for name in names if name not in passed]

    # ------------------------------------------------------------ repair and layout

    def repair(self, line: str, errors: Sequence[Diagnostic]) -> str | None:
        """What is declared and never read is discarded: Go takes it for an error."""
        names = dict.fromkeys(m[1] for e in errors if (m := _UNUSED.search(e.message)))
        fixed = line
        for name in names:
            fixed = re.sub(rf"(\b{name}\b[^;{{}}]*:=[^;{{}}]*|\bvar {name}\b[^;{{}}]*);", rf"\1; _ = {name} ;", fixed, count=1)
        return fixed if names and fixed != line else None

    def layout(self, text: str) -> str:
        return go_toolchain.gofmt(f"package p\n\n{format_source(text)}").removeprefix("package p\n\n")

    def mended(self, text: str) -> str:
        """With the imports and declarations that the functions need, and laid out as gofmt does."""
        code = blank_go(text)
        package = _PACKAGE.search(code)
        if package is None or re.search(r"^import\b", code, re.M):
            return text
        called_by = {name for name in _C_FUNCTIONS if re.search(rf"(?<![.\w]){name}\(", code)} - set(self.definitions(text))
        names = [name for name in _IMPORTS if re.search(rf"\b{name.split('/')[-1]}\.", code)]
        block = "\nimport (\n" + "".join(f'\t"{name}"\n' for name in names) + ")\n" if names else ""
        declared = "".join(f"\n{_C_FUNCTIONS[name]}" for name in sorted(called_by))
        main = "\nfunc main() {}\n" if package[1] == "main" and "main" not in self.definitions(text) else ""
        whole = f"{text[: package.end()]}\n{block}{declared}{text[package.end() :].rstrip()}\n{main}"
        return go_toolchain.gofmt(whole)

    # ------------------------------------------------------------ reading and rendering

    def read(self, text: str) -> list[SourceFunction]:
        return read_functions(text, self.name, self.write_header)

    def unread(self, text: str) -> dict[str, str]:
        return unread(text)

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [*GoRenderer(function, signatures).lines(), "}"]


def _foreign(text: str) -> tuple[Diagnostic, ...]:
    """Errors at the imports that a unit can't have."""
    return tuple(Diagnostic(line, why) for path, line in imported(text).items() if (why := refusal(path)) is not None)


def _wasm_export(signature: Signature) -> str:
    """An entry point with C's types under Go's own directive, which has no numbers of less than 32 bits and no pointers to plain structs."""
    lengths = signature.lengths()
    taken, passed = [], []
    for i, p in enumerate(signature.parameters):
        narrow = not p.pointer and p.type in WIDTHS and WIDTHS[p.type] < 4 and p.type != "bool"
        struct = p.pointer and signature.struct(p.type) is not None
        taken.append(f"{p.name} {'int32' if narrow else 'unsafe.Pointer' if struct else go_type(p.whole, element=False)}")
        given = f"(*{p.type})({p.name})" if struct else p.name
        if i in lengths:
            continue
        if p.length is not None:
            passed.append(f"unsafe.Slice({given}, {signature.parameters[p.length].name})")
        else:
            passed.append(f"{go_type(p.type)}({p.name})" if narrow else given)
    call = f"{signature.name}({', '.join(passed)})"
    result = signature.result
    if result is not None and result in WIDTHS and WIDTHS[result] < 4 and result != "bool":
        call, gives = f"int32({call})", " int32"
    else:
        gives = "" if result is None else f" {go_type(result, element=False)}"
    body = call if result is None else f"return {call}"
    return f"//go:wasmexport {signature.name}\nfunc {signature.name}Entry({', '.join(taken)}){gives} {{\n\t{body}\n}}\n"


def _diagnostics(stderr: str) -> tuple[Diagnostic, ...]:
    # Columns count bytes; what stands before an error within a line of canonical text is ASCII.
    found = [Diagnostic(int(line), message, int(column) - 1 if column else None) for line, column, message in _ERROR.findall(stderr)]
    return tuple(found) or (Diagnostic(None, stderr.strip()[-2000:] or "Go's compiler failed without a message"),)


def _aligned(wasm: bytes) -> bytes:
    """The module with natural alignments: they are hints without meaning, and LLVM was not told that Go's addresses have them."""
    module = WasmModule.parse(wasm)
    bodies = {}
    for one in module.functions:
        old = one.instructions
        new = [(n, (NATURAL_ALIGNMENT[n], i[1]) if n in NATURAL_ALIGNMENT else i) for n, i, _ in old]
        if any(i != before[1] for (_, i), before in zip(new, old, strict=True)):
            bodies[one.index] = encode_body(one.locals, new)
    return module.replace_bodies(bodies)


LANGUAGE = Go()
