"""A program on disk, in any language or as wasm: its module and its functions, ready to be read, decoded and judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from transpile.corpus.brought import brought
from transpile.corpus.errors import CompileError, TranspileError
from transpile.corpus.globals import Declaration
from transpile.corpus.language import Language, language, languages
from transpile.corpus.signature import Parameter, Signature, shape
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.reader import Export
from transpile.corpus.wasm.wat import canonical, read_wat
from transpile.corpus.zigcc import TABLE_BASE


@dataclass(frozen=True, slots=True)
class Program:
    """`functions` in the order of the file; for wasm without source their text is empty and their signatures are inferred."""

    path: Path
    language: Language | None
    wasm: bytes
    module: WasmModule
    functions: tuple[SourceFunction, ...]
    exports: dict[str, str]
    """Export of each function by its name as written; they differ where the language mangles names."""
    left_out: tuple[str, ...] = ()
    """Functions of the file that are not among `functions`, for types that `signature` does not have."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Of those that are left out for something else: what that is."""
    declared: Mapping[str, Declaration] = field(default_factory=dict)
    """What the source says of its variables, by name; those in functions as `function.name`."""
    checked: bytes | None = None
    """The same, compiled with checks of what the language leaves undefined, if that was asked for and there are such checks."""
    as_written: bytes | None = None
    """The same, compiled so that loops and conditions stay as they stand in the source, likewise."""
    supplied: frozenset[str] = frozenset()
    """Functions of its language's library that came along because the file calls them."""
    brought: frozenset[str] = frozenset()
    """Those of `supplied` of which only their code is known, not what they take."""
    _names: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """What `written` knows."""

    def named(self, name: str) -> str:
        """The function written as `name`; or, where there is none, the one whose export is called so."""
        if all(f.name != name for f in self.functions):
            return next((own for own, export in self.exports.items() if export == name), name)
        return name

    def written(self, symbol: str) -> str | None:
        """The function of the program that the module's function `symbol` is, or the code of: under its export, behind it, or under a path (`a::B::c`)."""
        if not self._names:
            self._names.update({self.code(name).name: name for name in self.exports})
            self._names.update({export: name for name, export in self.exports.items()})
        if symbol in self._names:
            return self._names[symbol]
        path = re.findall(r"\w+", re.sub(r" as [^>]*>", "", symbol))
        names = (name for k in (3, 2, 1) if (name := "_".join(path[-k:])) in self.exports and len(path) > 1)
        type_ = self.module.function(symbol).type if "::" in symbol else None
        return next((name for name in names if self.module.function(self.exports[name]).type == type_), None)

    def to_read(self) -> Program | None:
        """The program as it was compiled to be read, if it was."""
        if self.as_written is None:
            return None
        return replace(self, wasm=self.as_written, module=WasmModule.parse(self.as_written), as_written=None, _names={})

    def table(self) -> dict[int, str]:
        """The functions of the program that the module's table holds, by number: their addresses, where the numbers are such as our linker gives."""
        placed = {e.offset + k: f for e in self.module.elements if e.offset is not None for k, f in enumerate(e.functions) if f is not None}
        if not any(number >= TABLE_BASE for number in placed):
            return {}
        names = {number: self.written(self.module.function_names[index]) for number, index in placed.items()}
        return {number: name for number, name in names.items() if name is not None}

    def code(self, name: str) -> WasmFunction:
        """The wasm function that does the work of the one written as `name`: behind an entry point that does nothing but call it."""
        function = self.module.function(self.exports[name])
        read = canonical(function)
        handed = " ".join(f"local.get p{i}" for i in range(len(function.type[0])))
        if read.text.endswith(f"; {handed} call c0 end".replace(";  ", "; ")) and read.callee_types == (function.type,):
            with suppress(TranspileError):
                return self.module.function(read.callees[0])
        return function


def language_of(path: Path, name: str | None = None) -> Language | None:
    """By name, else by suffix; None for .wasm and .wat. Raises TranspileError for an unknown one."""
    if name in ("wasm", "wat") or (name is None and path.suffix in (".wasm", ".wat")):
        return None
    if name is not None:
        return language(name)
    for tongue in languages().values():
        if path.suffix in tongue.suffixes:
            return tongue
    known = sorted({s for tongue in languages().values() for s in tongue.suffixes} | {".wasm", ".wat"})
    raise TranspileError(
        f"can't tell the language of {path} by its suffix", hint=f"name it with --from; known suffixes: {', '.join(known)}"
    )


def read_source(path: Path) -> bytes:
    """A source file's bytes. Raises TranspileError where it is missing, a folder, or unreadable."""
    if not path.exists():
        near = [p.name for p in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() and path.suffix else []
        raise TranspileError(f"no such file: {path}", hint=f"files there: {', '.join(sorted(near)[:6])}" if near else "check the path")
    if path.is_dir():
        raise TranspileError(f"{path} is a folder", hint="name one source file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise TranspileError(f"can't read {path}: {error.strerror}", hint="check its permissions") from error


def load(path: Path, name: str | None = None, adapt: Callable[[Sequence[SourceFunction]], Sequence[SourceFunction]] = tuple,
         expected: Mapping[str, Signature] | None = None, checked: bool = False, as_written: bool = False,
         c_heap: bool = False) -> Program:  # fmt: skip
    """Compile a source file, or read a wasm one. `adapt` may change the signatures that the functions' C entry points have. `expected`: functions
    that count, without text, if the file exports them under their names and with their wasm types, although their own types could not be read.
    `checked`: compile it with checks too; `as_written`: and so that it is easy to read; then, and with `c_heap`, the heap of a
    language that has its own is C's.

    Raises TranspileError: missing or unreadable file, unknown language, malformed wasm, no functions; CompileError with the
    compiler's first error and its line; MissingCompiler.
    """
    data = read_source(path)
    tongue = language_of(path, name)
    if tongue is None:
        wasm = data if data[:4] == b"\0asm" else read_wat(data.decode(errors="replace"))
        module = WasmModule.parse(wasm)
        exported = {e.index for e in module.exports if e.kind == "function"}
        exports = {}
        functions: tuple[SourceFunction, ...] = ()
        for f in module.functions:
            if f.index in exported:
                name = _identifier(f.name, exports)
                exports[name] = f.name
                functions += (SourceFunction("", replace(infer_signature(f), name=name), ""),)
        if not functions:
            raise TranspileError(f"{path} exports no functions", hint="link it with --export-dynamic, or name what to export")
        return Program(path, None, wasm, module, functions, exports)
    text = data.decode(errors="replace")
    text, numbers = tongue.gather(text, path.parent)
    # What only starts a program, and says nothing to whoever calls it, is nothing to translate.
    functions = tuple(adapt([f for f in tongue.read(text) if f.name != "main" or f.signature.wasm() != ((), ())]))
    unit, before = tongue.expose(text, functions)
    compiled = tongue.compile(unit)
    if compiled.wasm is None and (hosted := tongue.hosted(unit, compiled.diagnostics)):
        if c_heap or as_written:
            hosted = tongue.with_c_heap(hosted)
        before += hosted.count("\n") - unit.count("\n")
        compiled, unit = tongue.compile(hosted), hosted
    refused: dict[str, str] = {}
    while compiled.wasm is None:
        unit, more = tongue.without(unit, compiled.diagnostics)
        if not more:
            break
        refused |= more
        compiled = tongue.compile(unit)
    if compiled.wasm is None:
        first = compiled.diagnostics[0] if compiled.diagnostics else None
        line = numbers[first.line - before - 1] if first and first.line and 0 < first.line - before <= len(numbers) else 0
        where = f"{path}:{line}" if line else str(path)
        raise CompileError(
            f"{where}: {first.message if first else 'the compiler failed'}",
            hint=f"{path.name} must compile as {tongue.title} for wasm32 on its own",
        )
    wasm = _with_main(compiled.wasm)
    module = WasmModule.parse(wasm)
    exports = _exports(module, functions)
    functions = tuple(f for f in functions if f.name in exports)
    beyond = tongue.beyond(text)
    known = {e.name for e in module.exports if e.kind == "function"} - exports.keys() - beyond.keys()
    unread = tuple(SourceFunction(tongue.name, s, "") for n, s in (expected or {}).items() if n in known and module.function(n).type == s.wasm())
    functions, exports = functions + unread, exports | {f.name: f.name for f in unread}
    named = {f.name: beyond[f.name][0] for f in functions if f.name in beyond and shape(beyond[f.name][0]) == shape(f.signature)}
    functions = tuple(replace(f, signature=named[f.name]) if f.name in named else f for f in functions)
    for called, (signature, pattern, own) in beyond.items():
        names = [e.name for e in module.exports if e.kind == "function" and pattern.match(e.name) and e.name not in exports.values()]
        names = [n for n in names if module.function(n).type == signature.wasm()]
        if len(names) == 1 and called not in exports:
            functions, exports = (*functions, SourceFunction(tongue.name, signature, own)), exports | {called: names[0]}
    if not functions:
        raise TranspileError(
            f"{path} has no functions to translate",
            hint="functions with a body count whose types C can say: numbers, pointers, structs, pointers to functions",
        )
    read, defined = {f.name for f in functions}, tongue.definitions(text)
    if read <= set(defined):
        functions = tuple(sorted(functions, key=lambda f: defined.index(f.name)))
    mangled = {n: "".join(f"{len(part)}{part}" for part in n.split("::")) for n in defined if n != "main"}
    left_out = tuple(n for n, linked in mangled.items() if n not in read and not any(linked in e for e in exports.values()))
    reasons = {name: reason for name, reason in (tongue.unread(text) | refused).items() if name in left_out}
    reasons |= {name: reason for d in compiled.diagnostics for name, _, reason in (d.message.partition(": "),) if name in left_out}
    again = tongue.compile(unit, level=tongue.checked).wasm if checked and tongue.checked else None
    written = tongue.compile(unit, level=tongue.as_written).wasm if as_written and tongue.as_written else None
    written = _with_main(written) if written else None
    program = Program(path, tongue, wasm, module, functions, exports, left_out, reasons, tongue.read_variables(text), again, written,
                      supplied=tongue.supplied(text))  # fmt: skip
    return _with_library(program) if tongue.library_along else program


def _with_library(program: Program) -> Program:
    """The program with the functions of its language's library that its own call."""
    found = brought(program.module, map(program.code, program.exports), program.written, program.exports.keys() | set(program.left_out))
    if not found:
        return program
    def exported(wasm: bytes | None) -> bytes | None:
        module = WasmModule.parse(wasm) if wasm else program.module
        index = {f.name: f.index for f in module.functions}
        if wasm is None or any(one.name not in index for one in found.values()):
            return None
        return module.replace_bodies({}, added_exports=[Export(name, "function", index[one.name]) for name, one in found.items()])

    wasm = exported(program.wasm) or program.wasm
    exports = {**program.exports, **{name: name for name in found}}
    whole = replace(program, wasm=wasm, module=WasmModule.parse(wasm), exports=exports, checked=exported(program.checked),
                    as_written=exported(program.as_written), _names={})  # fmt: skip
    signatures = [replace(infer_signature(whole.code(name)), name=name) for name in found]
    added = (SourceFunction(program.functions[0].language, s, "") for s in signatures)
    return replace(whole, functions=(*program.functions, *added), supplied=program.supplied | found.keys(), brought=frozenset(found), _names={})


def _identifier(export: str, taken: Container[str]) -> str:
    """An export's name as every language can have it. An export may be called anything, `main.add` or a piece of code; what is written as a name must be
    one, since nobody judges names."""
    name = re.sub(r"\W+", "_", export, flags=re.ASCII) or "_"
    name = f"_{name}" if name[0].isdigit() else name
    while name in taken:
        name += "_"
    return name


def _with_main(wasm: bytes) -> bytes:
    """The module with an export for the `main` without parameters that LLVM puts behind one that a system can call, as clang exports it by itself."""
    module = WasmModule.parse(wasm)
    names = {e.name: e.index for e in module.exports if e.kind == "function"}
    if "main" not in names or "__original_main" in names:
        return wasm
    code = module.function("main").instructions
    behind = code[0][1] if [name for name, _, _ in code] == ["call", "end"] else None
    if behind is None or module.function_types[behind] != ((), ("i32",)):
        return wasm
    return module.replace_bodies({}, added_exports=[Export("__original_main", "function", behind)])


def _exports(module: WasmModule, functions: Sequence[SourceFunction]) -> dict[str, str]:
    """By function name: the export of that name, else the one C++ export that mangles it (overloads are not told apart and left out)."""
    names = [e.name for e in module.exports if e.kind == "function"]
    out = {}
    for function in functions:
        # What clang makes of `main`; under that name is what a system calls.
        behind = next((n for n in ("__original_main", "__main_argc_argv") if function.name == "main" and n in names), None)
        mangled = [n for n in names if n.startswith(f"_Z{len(function.name)}{function.name}")]
        if behind or function.name in names:
            out[function.name] = behind or function.name
        elif len(mangled) == 1:
            out[function.name] = mangled[0]
    return out


def infer_signature(function: WasmFunction) -> Signature:
    """A signature from wasm types and use alone: an i32 parameter that an address is computed from is a pointer to what is loaded there.

    A rough data-flow walk, in the order of the code: values that are a parameter with something added or taken away are followed through locals. Of a sum
    of two such the one that is an address elsewhere counts, else the first.
    """
    parameters, results = function.type
    pointee = _pointees(function, _pointees(function, None))
    out = []
    for i, kind in enumerate(parameters):
        if kind == "i32" and i in pointee:
            scalar, written = pointee[i]
            out.append(Parameter(f"p{i}", scalar, pointer=True, const=not written))
        else:
            out.append(Parameter(f"p{i}", kind))
    return Signature(function.name, tuple(out), results[0] if results else None)


def _pointees(function: WasmFunction, known: Container[int] | None) -> dict[int, tuple[str, bool]]:
    """By parameter that is an address: the scalar that is there, and whether it is written. `known`: those that an earlier walk
    found, which left out sums of two."""
    origin: dict[int, int | None] = {i: i for i in range(len(function.type[0]))}
    pointee: dict[int, tuple[str, bool]] = {}
    stack: list[int | None] = []
    for name, immediate, _ in function.instructions:
        if name == "local.get":
            stack.append(origin.get(immediate))
        elif name in ("local.set", "local.tee"):
            origin[immediate] = stack[-1] if stack else None
            if name == "local.set" and stack:
                stack.pop()
        elif name == "i32.add":
            right, left = (stack.pop() if stack else None), (stack.pop() if stack else None)
            both = [one for one in (left, right) if one is not None]
            if len(both) == 2:
                both = [] if known is None else sorted(both, key=lambda one: one not in known)
            stack.append(both[0] if both else None)
        elif name == "i32.sub":
            right, left = (stack.pop() if stack else None), (stack.pop() if stack else None)
            stack.append(left if right is None else None)
        elif name == "select":
            del stack[-3:]
            stack.append(None)
        elif ".load" in name or ".store" in name:
            stored = ".store" in name
            if stored and stack:
                stack.pop()
            address = stack.pop() if stack else None
            if address is not None:
                previous = pointee.get(address)
                pointee[address] = (previous[0] if previous else _accessed(name), stored or bool(previous and previous[1]))
            if not stored:
                stack.append(None)
        else:
            _step(name, immediate, stack)
    return pointee


def _accessed(name: str) -> str:
    """The scalar that a load or store moves: `i32.load8_u` u8, `i64.store16` u16."""
    kind, _, operation = name.partition(".")
    for width in ("8", "16", "32"):
        if operation.startswith((f"load{width}", f"store{width}")):
            return ("i" if operation.endswith("_s") else "u") + width
    return kind


def _step(name: str, immediate: object, stack: list[int | None]) -> None:
    """Any other instruction: pop its operands, push unknowns; control flow forgets the stack."""
    from transpile.corpus.wasm.opcodes import EFFECTS

    effect = EFFECTS.get(name)
    if effect is None:
        stack.clear()
        return
    del stack[len(stack) - min(len(effect[0]), len(stack)) :]
    stack.extend(None for _ in effect[1])
