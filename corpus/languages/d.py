"""D as far as `-betterC` goes: slices for pointers with a length, pointers for the rest, structs with C's layout.

ldc2 only translates to LLVM bitcode, unoptimized; clang optimizes that with the flags of C, so that the same program gives nearly the same
code. Indices are checked; a failed check or `assert` is a trap. What D's library holds for -betterC may be imported, nothing else: text that
could name files is refused, and ldc2 gets no folder from which `import("file")` could read.
Limits: no garbage collector, exceptions or classes; a function that returns a struct of one field by value can't be called as C would.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transpile.corpus import ir, zigcc
from transpile.corpus.d.expressions import D_TYPES, d_type
from transpile.corpus.d.layout import layout
from transpile.corpus.d.modules import MODULES
from transpile.corpus.d.reader import Item, blank, items, read_functions, read_written
from transpile.corpus.d.renderer import DRenderer
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.globals import Global
from transpile.corpus.language import Compilation, Diagnostic, Language
from transpile.corpus.signature import FLOATS, WIDTHS, Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

HINT = "tools/install-compilers --d, or on Debian, as root: apt-get install ldc"
FRONTEND = (
    "-mtriple=wasm32-unknown-unknown-wasm", "-mcpu=mvp", "-betterC", "-O0", "-noasm", "-output-bc", "-verrors=0", "-verror-style=gnu", "-vcolumns",
    "-enable-color=false", "-conf=", "-preview=shortenedMethods",
)  # fmt: skip
"""`int f(int a) => a + 1;` is D since 2.101, and ldc 1.30 is D 2.100."""

PROLOGUE = """\
extern (C) pragma(inline, true) void __assert(const(char)*, const(char)*, uint) { import ldc.intrinsics; llvm_trap(); }
"""
"""What failed checks call, as a trap."""

_MODULES = r"(?:core\.(?!simd|thread|runtime|sys\b)|std\.(?!file|process|socket|net|concurrency|parallelism)|ldc\.intrinsics\b)"
REFUSED = (
    (re.compile(r"\bimport\s*\("), "import of a file's text"),
    (re.compile(r"\bmixin\s*\("), "code made of strings"),
    (re.compile(r"\basm\b|\b__asm\w*|\b__ir\w*"), "assembly"),
    (re.compile(r"\bpragma\s*\(\s*(?!inline\b|mangle\b)"), "pragma"),
    (re.compile(r"^[ \t]*#", re.M), "line directive"),
    (re.compile(r"\b__(?:EOF|DATE|TIME|TIMESTAMP|FILE_FULL_PATH)__|[\0\x1a]"), "special token"),
    (re.compile(r"\bmodule\s+[^;]*;.*?\bmodule\s", re.S), "second module"),
)
_IMPORT = re.compile(r"\bimport\s+(?!\()([^;(){}]*)")
_HIDDEN = re.compile(r"\bimport(?:\s|/\*.*?\*/|/\+.*?\+/|//[^\n]*\n)*\(", re.S)
"""The import of a file's text wherever it may stand: there is no trust in where strings and comments begin."""
_ERROR = re.compile(r"^(?P<place>[^\n:]*?)(?::(?P<line>\d+)(?::(?P<column>\d+))?)?: Error: (?P<message>.*)$", re.M)
_OWN = re.compile(r"^unit\.d:(\d+)", re.M)
_NAME = re.compile(r"\b(?!__)[A-Za-z_]\w*(?=\s*\()|(?<=\")\w+(?=\"\s*\))")
"""What may be the name of a function, also one that `pragma(mangle, "name")` gives: those with C's linkage are exported."""
_SMALL_SUFFIX = re.compile(r"(?<![\w.])(?:0[xX][0-9a-fA-F_]+|\d[\d_]*)u?l\b")
_MODULE = re.compile(r"^\s*(?:@[\w.]+\s*|deprecated\s*)*module\s+[\w.]+\s*;", re.M)

KEYWORDS = frozenset(
    """abstract alias align asm assert auto body bool break byte case cast catch cdouble cent cfloat char class const continue creal dchar
    debug default delegate delete deprecated do double else enum export extern false final finally float for foreach foreach_reverse function
    goto idouble if ifloat immutable import in inout int interface invariant ireal is lazy long macro mixin module new nothrow null out
    override package pragma private protected public pure real ref return scope shared short static struct super switch synchronized
    template this throw true try typeid typeof ubyte ucent uint ulong union unittest ushort version void wchar while with size_t ptrdiff_t
    string __traits __gshared core std""".split()
)


@dataclass(frozen=True, slots=True)
class Toolchain:
    """ldc2, its version, where its library's modules are, and the folders beside the system's that it must be able to read."""

    program: Path
    version: str
    imports: tuple[Path, ...]
    readable: tuple[Path, ...]


@cache
def toolchain() -> Toolchain:
    """The ldc2 on PATH. Raises MissingCompiler."""
    found = shutil.which("ldc2")
    if found is None:
        raise MissingCompiler("no D compiler: 'ldc2' is not on PATH", hint=HINT)
    program = Path(os.path.realpath(found))
    with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
        unit = Path(folder) / "unit.d"
        unit.write_text("import std.meta;\n")
        # ldc2's own configuration knows the folders; where compilers are confined it can't be read.
        done = subprocess.run([program, "-v", "-o-", unit], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    version = re.search(r"^version\s+(\S+)", done.stdout, re.M)
    paths = {name: path for name, path in re.findall(r"^import\s+(\S+)\s+\((.*)\)$", done.stdout, re.M)}
    if version is None or "object" not in paths or "std.meta" not in paths:
        raise MissingCompiler(f"{found} does not find D's library", hint=HINT)
    imports = tuple(dict.fromkeys((Path(paths["object"]).parent, Path(paths["std.meta"]).parent.parent)))
    outside = [p for p in (program.parent.parent, *imports) if not p.is_relative_to("/usr")]
    return Toolchain(program, version[1], imports, tuple(dict.fromkeys(outside)))


class D(Language):
    name = "d"
    title = "D"
    suffixes = (".d",)
    slices = True
    pointers = True
    as_written = zigcc.AS_WRITTEN
    library_along = True
    keywords = KEYWORDS

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        return f"ldc2 {toolchain().version}, zig cc {zigcc.zig_version()}"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        code = blank(text)
        found = [(m.start(), what) for pattern, what in REFUSED for m in pattern.finditer(code)]
        found += [(m.start(), "import of a file's text") for m in _HIDDEN.finditer(text)]
        for one in _IMPORT.finditer(code):
            modules = [part.split("=")[-1].strip() for part in one[1].split(":")[0].split(",")]
            if not all(re.match(rf"{_MODULES}[\w.]*$", re.sub(r"\s", "", module)) for module in modules):
                found.append((one.start(), "import of anything but D's own library"))
        return tuple(Diagnostic(text.count("\n", 0, at) + 1, f"not allowed here: {what}") for at, what in sorted(found)[:100])

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        text = _with_suffixes(text)
        found = toolchain()
        with zigcc.work_folder() as folder:
            for name, module in MODULES.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(module)
            (folder / "unit.d").write_text(text, encoding="utf-8", errors="replace")
            command = [found.program, *FRONTEND, "-I.", *(f"-I{path}" for path in found.imports), "unit.d", "-of=unit.bc"]
            done = zigcc.run(command, folder, seconds, readable=found.readable)
            if done.timed_out:
                return Compilation(None, (Diagnostic(None, f"ldc2 ran longer than {seconds:g} s"),))
            if not done.ok:
                return Compilation(None, _syntax_errors(text, folder, seconds) or _diagnostics(done.stderr))
            done = zigcc.finish("unit.bc", folder, level, sorted(set(_NAME.findall(text))), seconds=seconds, if_defined=True)
            if not done.ok:
                return Compilation(None, (Diagnostic(None, done.stderr.strip()[-300:] or f"zig ran longer than {seconds:g} s"),))
            return Compilation((folder / "unit.wasm").read_bytes())

    def layout(self, text: str) -> str:
        return layout(text)

    def tidy(self, text: str) -> str:
        """With C's linkage where C can call the function as it is."""
        scalars = {*D_TYPES.values(), "void"}
        result, _, rest = text[: text.index("{")].partition("(")
        parameters = rest[: rest.rindex(")")].split(",") if rest.strip() != ")" else []
        plain = not re.search(r"\[|\bfunction\b", rest) and all("*" in p or p.split()[0] in scalars for p in parameters)
        return f"extern ( C ) {text}" if plain and len(result.split()) == 2 and result.split()[0] in scalars else text

    # ------------------------------------------------------------ writing what a signature determines

    def write_struct(self, struct: Struct) -> str:
        """All that a struct holds begins as zero, as in C; D would begin floats as NaN."""
        lines = []
        for name, type_ in struct.fields:
            zero = " = 0" if type_[type_.rfind("]") + 1 :] in FLOATS and "*" not in type_ else ""
            lines.append(f"    {'extern (C) ' if type_.startswith('fn(') else ''}{d_type(type_)} {name}{zero};\n")
        return f"{f'align({struct.align}) ' if struct.align > 1 else ''}struct {struct.name} {{\n{''.join(lines)}}}"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        spell = DRenderer(ir.Function(Signature("f0", ()), ()), {})
        values = ", ".join(spell.assigned(ir.Const(one.type, v)).text for v in one.values)
        zero = " = 0" if one.type in FLOATS else ""
        type_ = d_type(one.type if one.count is None else f"[{one.count}]{one.type}")
        value = f" = [{values}]" if values and one.count is not None else f" = {values}" if values else zero
        return f"{'extern (C) ' if visible else ''}__gshared {type_} {one.name}{value};"

    def write_header(self, signature: Signature) -> str:
        return f"{_head(signature)} {{"

    def write_prototype(self, signature: Signature) -> str:
        return f"{_head(signature)};"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        """A function that `tidy` gives C's linkage is its own entry point in a file for people."""
        if _is_simple(signature) if always else _is_entry(signature):
            return ""
        return _entry(signature, ["{}"] * len(signature.parameters), f"c_{signature.name}" if always else signature.name)

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        if not inline:
            return f"pragma(inline, false) {source.text}"
        return f"extern (C) {source.text}" if _is_entry(source.signature) else f"pragma(inline, true) {source.text}"

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        """The file's own functions keep their types; their entry points pass what C passes as these."""
        own = _MODULE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text, count=1)
        code = blank(own)
        written = {w.signature.name: w for w in read_written(code)}
        given = "" if re.search(r"\b__assert\b", code) else self.prologue
        shapes = [(f.signature, written[f.name]) for f in functions if f.name in written and not self.is_entry(text, f.name)]
        # Before the file's own text, whose attributes (`@safe:`) count to its end.
        head = given + "".join(_entry(signature, w.shapes, f"c_{signature.name}") + "\n" for signature, w in shapes)
        return f"{head}{own}\n", head.count("\n")

    def is_entry(self, text: str, name: str) -> bool:
        if re.search(rf'\bpragma\s*\(\s*mangle\s*,\s*"{re.escape(name)}"', text):
            return True
        return any(isinstance(one, Item) and one.name == name and one.c_linkage for one in items(blank(text)))

    def definitions(self, text: str) -> list[str]:
        return list(dict.fromkeys(one.name for one in items(blank(text)) if isinstance(one, Item)))

    # ------------------------------------------------------------ reading and rendering

    def read(self, text: str) -> list[SourceFunction]:
        return read_functions(text, self.name, self.write_header)

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [*DRenderer(function, signatures).lines(), "}"]


def _head(signature: Signature) -> str:
    lengths = signature.lengths()
    parameters = ", ".join(f"{_inner_type(p)} {p.name}" for i, p in enumerate(signature.parameters) if i not in lengths)
    return f"{_result(signature)} {signature.name}({parameters})"


def _result(signature: Signature) -> str:
    return "void" if signature.result is None else d_type(signature.result)


def _inner_type(parameter: Parameter) -> str:
    if parameter.pointer and parameter.length is not None:
        element = "ubyte" if parameter.type == "void" else d_type(parameter.type)
        return f"const({element})[]" if parameter.const else f"{element}[]"
    return d_type(parameter.whole)


def _entry(signature: Signature, shapes: Sequence[str], name: str) -> str:
    """The function that C calls. `shapes` say how it passes each parameter but lengths to the inner one, `{}` being the parameter or slice."""
    lengths = signature.lengths()
    parameters, arguments = [], []
    for i, p in enumerate(signature.parameters):
        scalar = p.whole if p.pointer else signature.scalar(p.type)
        # A struct of one field travels as that field, which ldc does not do by itself.
        alone = scalar is not None and scalar != p.whole
        parameters.append(f"{d_type(scalar if alone and scalar else p.whole)} {p.name}")
        if i not in lengths:
            # Function types have C's linkage in the head of a C function, and D's in its body.
            value = f"*cast({p.type}*) &{p.name}" if alone else f"cast({d_type(p.type)}) {p.name}" if p.type.startswith("fn(") else p.name
            if p.length is not None:
                element = "ubyte" if p.type == "void" else d_type(p.type)
                start = f"(cast({f'const({element})' if p.const else element}*) {p.name})" if p.type == "void" else p.name
                value = f"{start}[0 .. cast(size_t) {signature.parameters[p.length].name}]"
            arguments.append(value)
    passed = ", ".join(shape.format(value) for shape, value in zip(shapes, arguments, strict=False))
    call = f"{signature.name}({passed});"
    return (
        f'pragma(mangle, "{signature.name}") extern (C) {_result(signature)} {name}({", ".join(parameters)}) {{\n'
        f"    {call if signature.result is None else f'return {call}'}\n}}"
    )


def _is_entry(signature: Signature) -> bool:
    """Can the inner function itself have C's linkage? Slices C does not have, and structs of one field ldc passes in its own way."""
    return not signature.lengths() and all(p.pointer or signature.scalar(p.type) in (None, p.type) for p in signature.parameters)


def _is_simple(signature: Signature) -> bool:
    """Does the head of the function show that it can have C's linkage: scalars and pointers alone, and a scalar or nothing as the result?"""
    values = [p.type for p in signature.parameters if not p.pointer]
    return not signature.lengths() and all(t in WIDTHS for t in values) and (signature.result is None or signature.result in WIDTHS)


def _with_suffixes(text: str) -> str:
    """Canonical text has suffixes of numbers in small letters, where D wants `L`."""
    code = blank(text)
    for found in reversed(list(_SMALL_SUFFIX.finditer(code))):
        text = f"{text[: found.end() - 1]}L{text[found.end() :]}"
    return text


def _syntax_errors(text: str, folder: Path, seconds: float) -> tuple[Diagnostic, ...]:
    """What D's parser says of each declaration alone: in one text, a declaration that is never closed swallows those that follow.

    Each becomes a file that says where its lines are from; the one file that is broken for sure keeps ldc2 from going beyond parsing.
    """
    code, depth, start, files = blank(text), 0, 0, []
    (folder / "part.d").write_text("}")
    for found in re.finditer(r"[(\[{}\])]|;|\Z", code):
        depth += (found[0] in tuple("([{")) - (found[0] in tuple(")]}"))
        if not found[0] or (depth <= 0 and found[0] in "};"):
            line = text.count("\n", 0, start) + 1
            files.append(f"part{len(files)}.d")
            (folder / files[-1]).write_text(f'#line {line} "unit.d"\n{text[start:found.end()]}', encoding="utf-8", errors="replace")
            depth, start = 0, found.end()
    done = zigcc.run([toolchain().program, *FRONTEND, "-o-", "part.d", *files], folder, seconds, readable=toolchain().readable)
    found = [Diagnostic(int(e["line"]), e["message"]) for e in _ERROR.finditer(done.stderr) if e["place"] == "unit.d" and e["line"]]
    # A string that is never closed has its end at another declaration's line.
    return tuple(d for d in found if "found `End of File`" not in d.message) or tuple(found)


def _diagnostics(stderr: str) -> tuple[Diagnostic, ...]:
    """ldc2's errors; one in a template of the library stands at the line of the unit that brought it about."""
    out = []
    found = list(_ERROR.finditer(stderr))
    for i, error in enumerate(found):
        line = int(error["line"]) if error["place"] == "unit.d" and error["line"] else None
        if line is None:
            rest = stderr[error.end() : found[i + 1].start() if i + 1 < len(found) else len(stderr)]
            through = _OWN.search(rest)
            line = int(through[1]) if through else None
        out.append(Diagnostic(line, error["message"]))
    placed = [one for one in out if one.line is not None]
    # What is no error of its own (it ran out of memory, or fell) comes with a long trace behind it.
    return tuple(placed or out) or (Diagnostic(None, stderr.strip().split("\n")[0][:300] or "ldc2 failed without a message"),)


LANGUAGE = D()
