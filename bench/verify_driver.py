"""Calls per second of the judge's driver, against a Python loop of wasmtime calls that does the same work.

Both copy the buffer in, call, and copy result and buffer out. Prints one JSON object; run it on an idle machine.
"""

from __future__ import annotations

import json
import time

import numpy as np
import wasmtime

from transpile.corpus.signature import Parameter, Signature
from transpile.verify.judge import Jury
from transpile.verify.placement import engine
from transpile.verify.reference import target
from transpile.verify.types import Executable

WAT = """(module (memory (export "memory") 2) (global (export "__stack_pointer") (mut i32) (i32.const 65536))
  (global (export "__heap_base") i32 (i32.const 65536))
  (func (export "f") (param $p i32) (param $n i32) (result i32) (local $s i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (i32.store (local.get $p) (local.get $s))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $next)))
    (local.get $s)))"""
SIGNATURE = Signature("f", (Parameter("a", "i32", True, False, 1), Parameter("n", "i32")), "i32")


def best(run, repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    executable = Executable(bytes(wasmtime.wat2wasm(WAT)), "f")
    # The same with the operands of an addition exchanged: not the same text, so it is run.
    swapped = WAT.replace("(local.get $s) (i32.load (local.get $p))", "(i32.load (local.get $p)) (local.get $s)")
    candidate = Executable(bytes(wasmtime.wat2wasm(swapped)), "f")
    figures = {}
    for count in (256, 1024, 16384):
        jury = Jury(executable, SIGNATURE, inputs=count, normal_form=None)
        reference = jury.reference
        vectors = reference.vectors
        arguments, arenas = vectors.arguments(), vectors.arenas
        compiled = target(executable, SIGNATURE)
        driven = best(lambda a=arguments, b=arenas, c=compiled: c.run(a, b, fuel=1 << 30), 10)
        judged = best(lambda j=jury: j.judge(candidate), 10)
        figures[count] = {"driver_seconds": driven, "judge_seconds": judged, "driver_calls_per_second": count / driven}

    store = wasmtime.Store(engine())
    store.set_fuel(1 << 60)
    exports = wasmtime.Instance(store, compiled.module, []).exports(store)
    memory, function = exports["memory"], exports["f"]
    rows = 2048
    calls = [(int(n), arenas[k].tobytes()) for k, n in enumerate(arguments[:rows, 1])]
    results = np.zeros(rows, np.uint32)
    after = []

    def loop() -> None:
        for k, (length, initial) in enumerate(calls):
            memory.write(store, initial, 65536)
            results[k] = function(store, 65536 + 32, length) & 0xFFFFFFFF
            after.append(memory.read(store, 65536, 65536 + len(initial)))
        after.clear()

    python = rows / best(loop, 3)
    ratio = figures[16384]["driver_calls_per_second"] / python
    print(json.dumps({"python_calls_per_second": python, "ratio": ratio, "by_inputs": figures}, indent=2))


if __name__ == "__main__":
    main()
