"""Zig: slices for pointers with a length, many-item pointers for byte strings, single-item pointers to other scalars and to structs of
scalars, optional pointers for the rest.

zig itself only translates to LLVM bitcode (ReleaseSafe: overflow and bounds are checked, a failed check is a trap); clang optimizes that
with the flags of C, so that the same program gives nearly the same code. What a person would have to discard or make `const` by hand,
Zig's compiler names as errors; `compile` mends those (`zig/fixes.py`) before it reports any.
Limit: functions that nothing refers to are not analysed, and so not reported, by Zig.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from transpile.corpus import ir, zigcc
from transpile.corpus.externs import STREAMS
from transpile.corpus.globals import Declaration, FunctionName, Global, Text, Value, declared_by, types_within
from transpile.corpus.language import Compilation, Diagnostic, Findings, Language
from transpile.corpus.scanner import blank_zig
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct, is_address
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import entry_name, quoted
from transpile.corpus.zig.expressions import number, zig_type
from transpile.corpus.zig.fixes import ZigError, mend, read_errors
from transpile.corpus.zig.reader import read_functions
from transpile.corpus.zig.renderer import ZigFunction

FRONTEND = (
    "-target", "wasm32-freestanding", "-mcpu=mvp", "-OReleaseSafe", "-fsingle-threaded", "-fstrip", "-fno-emit-bin", "-fno-reference-trace",
    "--color", "off",
)  # fmt: skip

PROLOGUE = """\
const std = @import("std");
pub const panic = std.debug.no_panic;
"""
STD_PROLOGUE = f"// What std asks of an operating system is imported.\n{PROLOGUE}"
REFUSED = (
    (re.compile(r"@embedFile\b"), "@embedFile"),
    (re.compile(r"@cImport\b|@cInclude\b"), "@cImport"),
    (re.compile(r'@import\s*\(\s*(?!"std"\s*\))'), "@import of anything but std"),
    (re.compile(r"\basm\b"), "assembly"),
)
EXPORTED = re.compile(r'\bexport\s+fn\s+(\w+)|@export\s*\([^;]*?\.name\s*=\s*"(\w+)"')
_VARIABLE = re.compile(r"^(?:pub +|export +)?var +(?P<name>\w+) *: *(?P<array>\[[^\]]+\])?(?P<scalar>\w+) *=", re.M)
ROUNDS = 4
"""How often a unit is mended: a discard can turn a variable into one that never changes."""

KEYWORDS = frozenset(
    """_ addrspace align allowzero and anyframe anytype asm async await break callconv catch comptime const continue defer else enum errdefer
    error export extern fn for if inline linksection noalias noinline nosuspend opaque or orelse packed pub resume return struct suspend
    switch test threadlocal try union unreachable var volatile while true false null undefined i8 u8 i16 u16 i32 u32 i64 u64 isize usize
    f32 f64 bool void anyopaque noreturn type anyerror comptime_int comptime_float std math mem len ptr min max""".split()
)


class Zig(Language):
    name = "zig"
    title = "Zig"
    suffixes = (".zig",)
    results_behind = True
    slices = True
    pointers = True
    externs = True
    tables = True
    as_written = zigcc.AS_WRITTEN
    library_along = True
    keywords = KEYWORDS

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        return f"zig {zigcc.zig_version()}"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def hosted(self, unit: str, errors: Sequence[Diagnostic]) -> str | None:
        # Errors without a line are those in std's own files.
        return STD_PROLOGUE + unit.removeprefix(PROLOGUE) if any(one.line is None for one in errors) else None

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        code = blank_zig(text, strings=False)
        found = sorted((m.start(), what) for pattern, what in REFUSED for m in pattern.finditer(code))
        return tuple(Diagnostic(code.count("\n", 0, at) + 1, f"not allowed here: {what}") for at, what in found[:100])

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        with zigcc.work_folder() as folder:
            errors = _translate(text, folder, seconds)[1]
            if errors:
                return Compilation(None, tuple(Diagnostic(e.line, e.message) for e in errors))
            exports = sorted({a or b for a, b in EXPORTED.findall(blank_zig(text, strings=False))})
            done = zigcc.finish("unit.bc", folder, level, exports, seconds=seconds)
            if not done.ok:
                return Compilation(None, (Diagnostic(None, done.stderr.strip() or f"zig ran longer than {seconds:g} s"),))
            return Compilation((folder / "unit.wasm").read_bytes())

    def _check(self, text: str, seconds: float) -> Findings:
        with zigcc.work_folder() as folder:
            (folder / "unit.zig").write_text(text)
            done = zigcc.run([zigcc.zig(), "build-obj", "unit.zig", *FRONTEND], folder, seconds, shared=True)
        errors = () if done.ok else tuple(Diagnostic(e.line, e.message) for e in read_errors(done.stderr))
        return Findings(errors, (), self.version())

    file_header = 'const std = @import("std");\n'

    def mended(self, text: str) -> str:
        """With the discards and `const`s that Zig asks for. Other errors stay."""
        before, header, own = text.rpartition(self.file_header)
        unit = self.prologue + own
        with zigcc.work_folder() as folder:
            return text if self.refused(unit) else before + header + _translate(unit, folder, 60.0)[0].removeprefix(self.prologue)

    # ------------------------------------------------------------ writing what a signature determines

    def write_struct(self, struct: Struct) -> str:
        fields = "".join(f"    {name}: {zig_type(type_)},\n" for name, type_ in struct.fields)
        if struct.align > 1:
            fields = fields.replace(",\n", f" align({struct.align}),\n", 1)
        return f"const {struct.name} = extern struct {{\n{fields}}};"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        def written(value: Value, type_: str) -> str:
            if isinstance(value, tuple):
                struct = next((s for s in one.structs if s.name == type_), None)
                parts = [written(v, t) for v, t in zip(value, types_within(type_, one.structs), strict=True)]
                fields = [f".{f} = {p}" for (f, _), p in zip(struct.fields, parts, strict=True)] if struct else parts
                return f".{{ {', '.join(fields)} }}"
            if isinstance(value, FunctionName):
                return f"&{entry_name(value.name)}"
            if isinstance(value, Text):
                text = quoted(value.characters)
                return text if type_ in ("*const i8", "*const u8") and type_[-2] == "u" else f"@ptrCast(@constCast({text}))"
            return "null" if is_address(type_) else number(value, type_)

        whole = any(one.type == s.name for s in one.structs)
        zero = f"std.mem.zeroes({zig_type(one.type)})" if whole else written(one.zero, one.type)
        values = [written(v, one.type) for v in one.values]
        if one.count is None:
            value = values[0] if values else zero
        else:
            value = f".{{ {', '.join(values)} }}" if values else f"@splat({zero})"
        return f"{'export ' if visible else ''}{'const' if one.constant else 'var'} {one.name}: {zig_type(one.whole)} = {value};"

    def write_header(self, signature: Signature) -> str:
        return f"{_head(signature)} {{"

    def write_prototype(self, signature: Signature) -> str:
        return f"{_head(signature)};"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        if _is_entry(signature) and not always:
            return ""
        parameters = ", ".join(f"{p.name}: {_c_type(p, signature)}" for p in signature.parameters)
        arguments = ", ".join(_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths())
        return (
            "comptime {\n    const c_entry = struct {\n"
            f"        fn c_call({parameters}) callconv(.c) {_result(signature)} {{\n"
            f"            return @call(.always_inline, {signature.name}, .{{ {arguments} }});\n        }}\n    }};\n"
            f'    @export(&c_entry.c_call, .{{ .name = "{signature.name}" }});\n}}'
        )

    def write_address(self, signature: Signature) -> str:
        parameters = ", ".join(f"{p.name}: {_c_type(p, signature)}" for p in signature.parameters)
        arguments = ", ".join(_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths())
        return f"fn {entry_name(signature.name)}({parameters}) callconv(.c) {_result(signature)} {{\n    return {signature.name}({arguments});\n}}"

    def write_start(self, signature: Signature) -> str | None:
        parameters = ", ".join(f"{p.name}: {_c_type(p, signature)}" for p in signature.parameters)
        arguments = ", ".join(_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths())
        # Where std finds a `_start` it adds none of its own, which would want another kind of main; the C library's calls this one (-lc).
        return f"pub const _start = {{}};\npub export fn main({parameters}) {_result(signature)} {{\n    return c_main({arguments});\n}}"

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        if source.is_declared_only:
            return _from_c(source.signature)
        if inline:
            return f"export {source.text}" if _is_entry(source.signature) else source.text
        # An address that escapes keeps the optimizer from changing the callee's parameters, as C's external functions do.
        kept = f'@export(&c_kept.address, .{{ .name = "kept.{source.name}" }})'
        pointer = f"var address: *const anyopaque = @ptrCast(&{source.name})"
        return f"noinline {source.text}\ncomptime {{\n    const c_kept = struct {{\n        {pointer};\n    }};\n    {kept};\n}}"

    # ------------------------------------------------------------ reading and rendering

    def read(self, text: str) -> list[SourceFunction]:
        return read_functions(text, self.name, self.write_header)

    def read_variables(self, text: str) -> dict[str, Declaration]:
        return declared_by(_VARIABLE, blank_zig(text))

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [*ZigFunction(function, signatures).body(), "}"]


def _translate(text: str, folder: Path, seconds: float) -> tuple[str, list[ZigError]]:
    """Write `unit.bc` in `folder`; the text that was compiled in the end, and the errors that kept it from being so."""
    target = "wasm32-wasi" if text.startswith(STD_PROLOGUE) else "wasm32-freestanding"
    command = [zigcc.zig(), "build-obj", "unit.zig", "-target", target, *FRONTEND[2:], "--verbose-llvm-bc=unit.bc"]
    errors: list[ZigError] = []
    for _ in range(ROUNDS):
        (folder / "unit.zig").write_text(text)
        done = zigcc.run(command, folder, seconds, shared=True)
        if done.timed_out:
            return text, [ZigError(None, 0, f"zig ran longer than {seconds:g} s")]
        if done.ok:
            return text, []
        errors = read_errors(done.stderr)
        fixed = mend(text, errors)
        if fixed == text:
            break
        text = fixed
    return text, errors


def _head(signature: Signature) -> str:
    parameters = ", ".join(
        f"{p.name}: {_inner_type(p, signature)}" for i, p in enumerate(signature.parameters) if i not in signature.lengths()
    )  # fmt: skip
    if signature.variadic:  # the last is the format
        parameters = f"{parameters.rpartition(': ')[0]}: [*:0]const u8, ..."
    return f"fn {signature.name}({parameters}) {_result(signature)}"


def _result(signature: Signature) -> str:
    return "void" if signature.result is None else zig_type(signature.result)


def _from_c(signature: Signature) -> str:
    """A function that is declared only, as C's, behind one of the inner form: slices are taken apart where it is called."""
    name, lengths = signature.name, signature.lengths()
    if name in STREAMS:
        return f"extern var {name}: [*c]u8;"
    if not lengths:
        return f"extern {_head(signature)};"
    parameters = ", ".join(f"{p.name}: {_c_type(p, signature)}" for p in signature.parameters)
    counted = {p.length: p.name for p in reversed(signature.parameters) if p.length is not None}
    arguments = []
    for i, p in enumerate(signature.parameters):
        if i in lengths:
            signed, bits = p.type[0] == "i", WIDTHS[p.type] * 8
            count = f"@as(u{bits}, {'@truncate' if bits < 32 else ''}({counted[i]}.len))"
            arguments.append(f"@bitCast({count})" if signed else count)
        else:
            arguments.append(p.name if p.length is None else f"{p.name}.ptr")
    declared = f"(struct {{ extern fn {name}({parameters}) {_result(signature)}; }})"
    return f"inline {_head(signature)} {{\n    return {declared}.{name}({', '.join(arguments)});\n}}"


def _inner_type(parameter: Parameter, signature: Signature) -> str:
    if parameter.pointer and parameter.length is not None:
        return f"[]{'const ' if parameter.const else ''}{_element(parameter)}"
    return _c_type(parameter, signature)


def _element(parameter: Parameter) -> str:
    return "u8" if parameter.type == "void" else zig_type(parameter.type)


def _c_type(parameter: Parameter, signature: Signature) -> str:
    if not parameter.pointer:
        return zig_type(parameter.type)
    const, struct = "const " if parameter.const else "", signature.struct(parameter.type)
    if parameter.length is not None or parameter.type in ("i8", "u8"):
        return f"[*]{const}{_element(parameter)}"
    if parameter.type in WIDTHS or (struct is not None and struct.flat):
        return f"*{const}{parameter.type}"
    return zig_type(parameter.whole)


def _argument(parameter: Parameter, signature: Signature) -> str:
    """What the C entry point passes to the inner function for `parameter`."""
    if not parameter.pointer or parameter.length is None:
        return parameter.name
    length = signature.parameters[parameter.length]
    count = {"i32": f"@as(u32, @bitCast({length.name}))"}.get(length.type, length.name)
    if WIDTHS[length.type] == 8:
        count = f"@as(u32, @truncate({length.name}))" if length.type == "u64" else f"@as(u32, @truncate(@as(u64, @bitCast({length.name}))))"
    elif length.type in ("i8", "i16"):
        count = f"@as(u32, @bitCast(@as(i32, {length.name})))"
    return f"{parameter.name}[0..{count}]"


def _is_entry(signature: Signature) -> bool:
    """Can the inner function itself be exported? All but slices have the C ABI."""
    return not signature.lengths()


LANGUAGE = Zig()
