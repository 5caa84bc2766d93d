"""Rust: `core` alone (`std` for files that need it), slices for pointers with a length, references for structs of scalars, raw pointers for the rest.

Units are compiled by `sysroot.toolchain()` and linked by `zigcc.link`. A function's inner form is what a person would write; its C entry
point is the inner function itself where Rust passes its parameters as C does, else a shim into which it is inlined.
Text that could read files or run anything at compile time is refused before rustc sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from transpile.corpus import ir, zigcc
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.externs import EXTERNS, STREAMS
from transpile.corpus.globals import Declaration, FunctionName, Global, Text, Value, declared_by, types_within
from transpile.corpus.language import Compilation, Diagnostic, Findings, Language
from transpile.corpus.rust import sysroot
from transpile.corpus.rust.check import check, clippy, diagnostics
from transpile.corpus.rust.entries import entries, with_layouts
from transpile.corpus.rust.expressions import is_raw, is_unsafe, number, rust_type
from transpile.corpus.rust.prologue import C_HEAP_PROLOGUE, NEEDS_STD, PROLOGUE, STD_PROLOGUE
from transpile.corpus.rust.reader import read_functions
from transpile.corpus.rust.renderer import RustFunction
from transpile.corpus.rust.repair import repair_types
from transpile.corpus.scanner import blank_rust
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct, is_address, shape
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import entry_name, quoted

FLAGS = (
    "--edition", "2021", "--crate-type", "lib", "--crate-name", "unit", "--emit", "obj", "--error-format", "json", "-A", "warnings",
    "-C", "target-cpu=mvp", "-C", "codegen-units=1", "-C", "overflow-checks=off", "-C", "debug-assertions=off",
    "-C", "no-vectorize-loops", "-C", "no-vectorize-slp", "-C", "symbol-mangling-version=v0",
    "-C", "llvm-args=-disable-loop-idiom-all -unroll-runtime=0 -unroll-allow-partial=0 -unroll-full-max-count=0 -unroll-allow-peeling=0",
)  # fmt: skip

PLAIN_FLAGS = ("--edition", "2021", "--crate-type", "lib", "--crate-name", "unit", "--emit", "metadata", "--error-format", "json")
"""Of a check without code."""

MACROS = r"include|include_str|include_bytes|env|option_env|asm|global_asm|naked_asm"
REFUSED = (
    (re.compile(rf"\b(?:{MACROS})\s*!"), "macro"),
    (re.compile(r"\b(?:include_str|include_bytes|option_env|global_asm|naked_asm)\b"), "name of a macro"),
    (re.compile(rf"\b(?:{MACROS})\s+as\b"), "import of a macro"),
    (re.compile(r"#\s*!\s*\["), "attribute of a whole crate"),
    (re.compile(r"#\s*\[\s*(?:unsafe\s*\(\s*)?(?:path|link|link_section|global_allocator|macro_use|proc_macro\w*)\b"), "attribute"),
    (re.compile(r"\bcfg_attr\b[^\]]{0,400}\b(?:path|link|link_section|global_allocator|macro_use|proc_macro\w*)\b"), "attribute"),
    (re.compile(r"\bextern\s+crate\b"), "extern crate"),
    (re.compile(r"\bmod\s+(?:r#)?\w+\s*;|\bmod\s*\$"), "module in another file"),
)
_PASSED_ON = re.compile(r"\b(?:include|env|asm)\b")
"""Where macros are defined, the name of another may be handed to them: `m!(include)`."""
EXPORTED = re.compile(r'#\s*\[\s*(?:unsafe\s*\(\s*)?(?:export_name\s*=\s*"([^"]+)"|no_mangle\s*\)?\s*\][^{;]*?\bfn\s+(\w+))')

_ENTRY = re.compile(r'const _: \(\) = \{[^"\n]*#\[export_name = "(\w+)"\][^\n]*?\} (?:assert![^\n]*?; )*\};')
"""What `entries` writes, each on a line."""
_VARIABLE = re.compile(r"^(?:pub(?:\([^)]*\))? +)?static +mut +(?P<name>\w+) *: *(?P<array>\[ *)?(?P<scalar>\w+) *[;=]", re.M)

KEYWORDS = frozenset(
    """_ as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return
    self Self static struct super trait true type unsafe use where while abstract become box do final macro override priv try typeof
    unsized virtual yield i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize f32 f64 bool char str core std Some None Ok Err Option
    Result matches unreachable""".split()
)


class Rust(Language):
    name = "rust"
    title = "Rust"
    suffixes = (".rs",)
    slices = True
    pointers = True
    exclusive = True
    externs = True
    tables = True
    library_along = True
    as_written = zigcc.AS_WRITTEN
    keywords = KEYWORDS

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        found = sysroot.toolchain()
        return f"rustc {found.version} {found.target}"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def hosted(self, unit: str, errors: Sequence[Diagnostic]) -> str | None:
        if not any(NEEDS_STD.search(one.message) for one in errors):
            return None
        try:
            sysroot.standard()
        except MissingCompiler:
            return None
        return STD_PROLOGUE + unit.removeprefix(PROLOGUE)

    def with_c_heap(self, unit: str) -> str:
        return C_HEAP_PROLOGUE + unit.removeprefix(STD_PROLOGUE) if unit.startswith(STD_PROLOGUE) else unit

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        code = blank_rust(text)
        for given in (PROLOGUE, STD_PROLOGUE, C_HEAP_PROLOGUE):
            if text.startswith(given):
                code = "\n" * given.count("\n") + code[len(given) :]
        refused = [*REFUSED, (_PASSED_ON, "name of a macro")] if re.search(r"\bmacro(?:_rules)?\b", code) else REFUSED
        found = sorted((m.start(), what) for pattern, what in refused for m in pattern.finditer(code))
        return tuple(Diagnostic(code.count("\n", 0, at) + 1, f"not allowed here: {what}") for at, what in found[:100])

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        found = sysroot.standard() if text.startswith((STD_PROLOGUE, C_HEAP_PROLOGUE)) else sysroot.toolchain()
        with zigcc.work_folder() as folder:
            (folder / "unit.rs").write_text(text)
            how = ("opt-level=2", f"llvm-args={' '.join(zigcc.KEPT)}") if level == self.as_written else (f"opt-level={level}",)
            options = [word for one in how for word in ("-C", one)]
            command = [found.rustc, *FLAGS, *found.flags, *options, "unit.rs", "-o", folder / "unit.o"]
            done = zigcc.run(command, folder, seconds, found.environment, readable=found.folders)
            if done.timed_out:
                return Compilation(None, (Diagnostic(None, f"rustc ran longer than {seconds:g} s"),))
            if not done.ok:
                return Compilation(None, tuple(diagnostics(done.stderr)))
            exports = [a or b for a, b in EXPORTED.findall(blank_rust(text, strings=False))]
            unit = folder / "unit.o"
            unit.write_bytes(zigcc.write_zeros(unit.read_bytes()))
            linked = zigcc.link([unit, *found.libraries], folder / "unit.wasm", exports, seconds=seconds)
            if not linked.ok:
                return Compilation(None, (Diagnostic(None, linked.stderr.strip() or f"the linker ran longer than {seconds:g} s"),))
            return Compilation((folder / "unit.wasm").read_bytes())

    def _check(self, text: str, seconds: float) -> Findings:
        return check(text, PLAIN_FLAGS, sysroot.toolchain().rustc, self.version(), seconds)

    def _lint(self, text: str, seconds: float) -> Findings | None:
        found = clippy()
        return found and check(text, PLAIN_FLAGS, found[0], found[1], seconds)

    # ------------------------------------------------------------ writing what a signature determines

    def write_struct(self, struct: Struct) -> str:
        fields = "".join(f"    pub {name}: {rust_type(type_)},\n" for name, type_ in struct.fields)
        align = f", align({struct.align})" if struct.align > 1 else ""
        return f"#[repr(C{align})]\n#[derive(Clone, Copy)]\npub struct {struct.name} {{\n{fields}}}"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        def written(value: Value, type_: str) -> str:
            if isinstance(value, tuple):
                struct = next((s for s in one.structs if s.name == type_), None)
                parts = [written(v, t) for v, t in zip(value, types_within(type_, one.structs), strict=True)]
                fields = ", ".join(f"{f}: {p}" for (f, _), p in zip(struct.fields, parts, strict=True)) if struct else ""
                return f"{type_} {{ {fields} }}" if struct else f"[{', '.join(parts)}]"
            if isinstance(value, FunctionName):
                return f"Some({entry_name(value.name)})"
            if isinstance(value, Text):
                text = f"c{quoted(value.characters)}.as_ptr()"
                return text if type_ == "*const i8" else f"{text} as {rust_type(type_)}"
            if is_address(type_):
                return "None" if type_.startswith("fn(") else f"core::ptr::null{'' if type_.startswith('*const ') else '_mut'}()"
            return number(value, type_)

        whole = any(one.type == s.name for s in one.structs)
        zero = "unsafe { core::mem::zeroed() }" if whole else written(one.zero, one.type)
        values = [written(v, one.type) for v in one.values]
        if one.count is None:
            value = values[0] if values else zero
        else:
            value = f"[{', '.join(values)}]" if values else zero if whole else f"[{zero}; {one.count}]"
        shared = one.constant and not any("*" in t or "fn(" in t for t in (one.type, *(t for s in one.structs for _, t in s.fields)))
        return f"{'pub ' if visible else ''}static {'' if shared else 'mut '}{one.name}: {rust_type(one.whole)} = {value};"

    def write_header(self, signature: Signature) -> str:
        return f"{_head(signature)} {{"

    def write_prototype(self, signature: Signature) -> str:
        return f"{_head(signature)};"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        if _is_entry(signature) and not always:
            return ""
        parameters = ", ".join(f"{p.name}: {_c_type(p)}" for p in signature.parameters)
        arguments = ", ".join(_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths())
        result = "" if signature.result is None else f" -> {rust_type(signature.result)}"
        return (
            f'const _: () = {{\n    #[export_name = "{signature.name}"]\n'
            f'    pub unsafe extern "C" fn entry({parameters}){result} {{\n        {signature.name}({arguments})\n    }}\n}};'
        )

    def write_address(self, signature: Signature) -> str:
        parameters = ", ".join(f"{p.name}: {_c_type(p)}" for p in signature.parameters)
        arguments = ", ".join(_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths())
        result = "" if signature.result is None else f" -> {rust_type(signature.result)}"
        return f'unsafe extern "C" fn {entry_name(signature.name)}({parameters}){result} {{\n    {signature.name}({arguments})\n}}'

    def write_start(self, signature: Signature) -> str | None:
        entry = '#[cfg(target_family = "wasm")]\n' + self.write_entry(signature, always=True).replace(f"{signature.name}(", "c_main(")
        lines, arguments = [], [_argument(p, signature) for i, p in enumerate(signature.parameters) if i not in signature.lengths()]
        if len(signature.parameters) == 2:
            count, texts = signature.parameters
            lines = [
                "let given: Vec<_> = std::env::args().map(|a| std::ffi::CString::new(a).unwrap()).collect();",
                "let mut pointers: Vec<_> = given.iter().map(|a| a.as_ptr()).chain([core::ptr::null()]).collect();",
                f"let ({count.name}, {texts.name}) = (given.len() as {_c_type(count)}, pointers.as_mut_ptr() as {_c_type(texts)});",
            ]
        elif signature.parameters:
            return None
        call = f"unsafe {{ c_main({', '.join(arguments)}) }}"
        lines.append(f"std::process::exit({call})" if signature.result else f"{call};")
        body = "".join(f"    {line}\n" for line in lines)
        return f'#[cfg(not(target_family = "wasm"))]\n#[allow(unused_unsafe)]\nfn main() {{\n{body}}}\n{entry}'

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        if source.is_declared_only:
            return _from_c(source.signature)
        if not inline:
            return f"#[inline(never)]\n{source.text}"
        if not _is_entry(source.signature):
            return f"#[inline(always)]\n{source.text}"
        # Slices stay as Rust passes them; scalars must be extended as C does.
        text = source.text if source.signature.lengths() else source.text.replace("fn ", 'extern "C" fn ', 1)
        return f'#[export_name = "{source.name}"]\n{text}'

    # ------------------------------------------------------------ reading and rendering

    def tidy(self, text: str) -> str:
        """`let mut a = a;` at the start of a function becomes a `mut a` parameter."""
        head, brace, body = text.partition("{")
        while found := re.match(r"\s*let mut (\w+)\s*=\s*\1\s*;", body):
            changed = re.sub(rf"\b{found[1]}(\s*:)", rf"mut {found[1]}\1", head, count=1)
            if changed == head:
                break
            head, body = changed, body[found.end() :]
        return head + brace + body

    def repair(self, line: str, errors: Sequence[Diagnostic]) -> str | None:
        return repair_types(line, errors)

    def read(self, text: str) -> list[SourceFunction]:
        return read_functions(text, self.name, self.write_header)

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        found = entries(text)
        # Who calls them may want other parameters than those of the file.
        own = [f for f in functions if f.name not in found.found or shape(f.signature) != shape(found.found[f.name].signature)]
        read = {f.name for f in own}
        more = {name: one for name, one in found.found.items() if name not in read and not self.is_entry(text, name)}
        unit, before = super().expose("".join(with_layouts(text, found, more)), own)
        return "\n".join([unit, *(one.text for one in more.values() if one.place is None), ""]), before

    def definitions(self, text: str) -> list[str]:
        return list(entries(text).names)

    def unread(self, text: str) -> dict[str, str]:
        return dict(entries(text).reasons)

    def beyond(self, text: str) -> dict[str, tuple[Signature, re.Pattern[str], str]]:
        return {name: (one.signature, re.compile(rf"{name}$"), one.source) for name, one in entries(text).found.items()}

    def without(self, unit: str, errors: Sequence[Diagnostic]) -> tuple[str, dict[str, str]]:
        lines, reasons = unit.split("\n"), dict[str, str]()
        for error in errors:
            line = lines[error.line - 1] if error.line else ""
            for entry in _ENTRY.finditer(line):
                why = "rustc lays out otherwise than C a type that it has" if "assertion failed" in error.message else error.message
                reasons.setdefault(entry[1], f"has no entry point for C: {why}")
        return "\n".join(_ENTRY.sub(lambda m: "" if m[1] in reasons else m[0], line) for line in lines), reasons

    def read_variables(self, text: str) -> dict[str, Declaration]:
        return declared_by(_VARIABLE, blank_rust(text))

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [*RustFunction(function, signatures).body(), "}"]


def _head(signature: Signature) -> str:
    parameters = ", ".join(
        f"{p.name}: {_inner_type(p, signature)}" for i, p in enumerate(signature.parameters) if i not in signature.lengths()
    )  # fmt: skip
    result = "" if signature.result is None else f" -> {rust_type(signature.result)}"
    more = ", ..." if signature.variadic else ""
    return f"pub {'unsafe ' if is_unsafe(signature) else ''}fn {signature.name}({parameters}{more}){result}"


def _from_c(signature: Signature) -> str:
    """A function that is declared only, as C's, behind one of the inner form: slices are taken apart where it is called."""
    name, lengths = signature.name, signature.lengths()
    if name in STREAMS:
        return f'extern "C" {{\n    pub static mut {name}: {rust_type(signature.result or "")};\n}}'
    if name in EXTERNS:  # what calls it knows that it is C's
        return f'extern "C" {{\n    {_head(signature).replace("pub unsafe fn", "pub fn", 1)};\n}}'
    parameters = ", ".join(f"{p.name}: {_c_type(p)}" for p in signature.parameters)
    counted = {p.length: p.name for p in reversed(signature.parameters) if p.pointer and p.length is not None}
    arguments = []
    for i, p in enumerate(signature.parameters):
        if i in lengths:
            arguments.append(f"{counted[i]}.len() as {_c_type(p)}")
        elif p.pointer and p.length is not None:
            arguments.append(f"{p.name}.{'as_ptr' if p.const else 'as_mut_ptr'}().cast()")
        else:
            arguments.append(p.name)
    result = "" if signature.result is None else f" -> {rust_type(signature.result)}"
    declared = f'extern "C" {{\n        fn {name}({parameters}){result};\n    }}'
    return f"#[inline(always)]\n{_head(signature)} {{\n    {declared}\n    unsafe {{ {name}({', '.join(arguments)}) }}\n}}"


def _inner_type(parameter: Parameter, signature: Signature) -> str:
    if not parameter.pointer or is_raw(parameter, signature):
        return _c_type(parameter)
    if parameter.length is not None:
        element = "u8" if parameter.type == "void" else rust_type(parameter.type)
        return f"&[{element}]" if parameter.const else f"&mut [{element}]"
    return f"&{parameter.type}" if parameter.const else f"&mut {parameter.type}"


def _c_type(parameter: Parameter) -> str:
    return rust_type(parameter.whole)


def _argument(parameter: Parameter, signature: Signature) -> str:
    """What the C entry point passes to the inner function for `parameter`."""
    if not parameter.pointer or is_raw(parameter, signature):
        return parameter.name
    if parameter.length is not None:
        make = "from_raw_parts" if parameter.const else "from_raw_parts_mut"
        start = f"{parameter.name}.cast()" if parameter.type == "void" else parameter.name
        return f"core::slice::{make}({start}, {signature.parameters[parameter.length].name} as usize)"
    return f"&*{parameter.name}" if parameter.const else f"&mut *{parameter.name}"


def _is_entry(signature: Signature) -> bool:
    """Can the inner function itself be called as C calls it? Without slices it is made `extern "C"`; Rust passes a slice as pointer and
    length, in this order, and scalars of a register's width as C does, while narrow ones it extends, and structs it passes, in its own way."""
    lengths = signature.lengths()
    if not lengths:
        return True
    values = [p.type for p in signature.parameters if not p.pointer] + [signature.result or "i32"]
    in_order = all(p.length in (None, i + 1) for i, p in enumerate(signature.parameters))
    as_c = all(WIDTHS[t] >= 4 if t in WIDTHS else signature.struct(t) is None for t in values)
    return in_order and as_c and all(WIDTHS[signature.parameters[i].type] == 4 for i in lengths)


LANGUAGE = Rust()
