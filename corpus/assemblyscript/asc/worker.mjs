// The AssemblyScript compiler as a service: one JSON object a line on stdin, one a line on stdout, in order.
//
//   {"text": SOURCE, "level": "0" | "1" | "2" | "3" | "s", "base": ADDRESS}  ->
//   {"wasm": BASE64} or {"diagnostics": [{"line", "start", "end", "message"}, ...]}
//
// asc's frontend makes unoptimized code of one file that can import nothing; Binaryen then runs the passes of `asc -O`, in their order, without
// those that look beyond one function: inlining (but of fields), removal of arguments, merging of equal functions. Nor is arithmetic taken to be without NaN,
// which `asc -O` does. The compiler runs in a thread, so that this process always hears when its parent is gone (stdin ends) and leaves.
// A thread in which the compiler crashed, or that has grown large, is replaced. Usage: node worker.mjs FOLDER-OF-NODE-MODULES

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const MOST_ERRORS = 1000;
const LARGEST = 1200 << 20; // bytes that this process may hold before the thread is replaced
const UNIT = "unit.ts";

function passes(level) {
  if (level === "0") return ["remove-unused-module-elements"];
  const more = level !== "1";
  const most = level === "3";
  const small = level === "s";
  const out = ["remove-unused-module-elements"];
  if (most || small) {
    out.push("rse", "vacuum", "code-folding", "ssa-nomerge", "local-cse", "remove-unused-brs", "remove-unused-names", "merge-blocks");
    out.push("precompute-propagate");
  }
  if (most) {
    out.push("simplify-locals-nostructure", "flatten", "vacuum", "simplify-locals-notee-nostructure", "vacuum", "local-cse", "licm");
    out.push("merge-locals", "reorder-locals");
  }
  out.push("optimize-instructions");
  if (more) out.push("avoid-reinterprets");
  out.push("dce", "remove-unused-brs", "remove-unused-names", "merge-blocks", more ? "precompute-propagate" : "precompute");
  if (more) out.push("pick-load-signs");
  out.push("simplify-locals-notee-nostructure", "vacuum");
  if (more) out.push("local-cse");
  out.push("reorder-locals", "coalesce-locals", "simplify-locals", "coalesce-locals", "reorder-locals", "vacuum");
  if (more) out.push("rse", "vacuum");
  if (small) out.push("merge-locals", "vacuum");
  out.push("remove-unused-brs", "remove-unused-names", "merge-blocks");
  if (most) out.push("optimize-instructions");
  out.push(most || small ? "optimize-added-constants-propagate" : "optimize-added-constants");
  out.push(more ? "precompute-propagate" : "precompute");
  if (more) out.push("code-folding", "ssa-nomerge", "rse", "code-pushing");
  if (most) {
    out.push("precompute-propagate", "local-cse", "merge-locals", "coalesce-locals", "simplify-locals", "vacuum", "rse", "vacuum");
    out.push("ssa-nomerge", "simplify-locals", "coalesce-locals");
  }
  if (more) {
    out.push("optimize-instructions", "remove-unused-brs", "remove-unused-names", "merge-blocks", "vacuum", "remove-unused-brs");
    out.push("optimize-instructions", "vacuum");
  }
  out.push("reorder-locals", "memory-packing", "remove-unused-module-elements");
  return out;
}

// A field of a class is read and written by functions of their own: these are inlined, at every level, and no others.
function inlineFields(binaryen, module) {
  binaryen.setAlwaysInlineMaxSize(100);
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (/#[gs]et:/.test(name)) continue;
    binaryen.setPassArgument("no-inline", name);
    module.runPasses(["no-inline"]);
  }
  module.runPasses(["inlining"]);
}

function optimize(binaryen, module, level) {
  binaryen.clearPassArguments();
  binaryen.setOptimizeLevel(level === "s" ? 0 : Number(level));
  binaryen.setShrinkLevel(level === "s" ? 1 : 0);
  binaryen.setDebugInfo(true);
  binaryen.setFastMath(false);
  binaryen.setZeroFilledMemory(true);
  binaryen.setLowMemoryUnused(true); // no array begins below address 1024: `a[i + 1]` may be a load with an offset, as clang has it
  inlineFields(binaryen, module);
  module.runPasses(passes(level));
}

async function compile(asc, binaryen, { text, level, base }) {
  const diagnostics = [];
  const files = new Map();
  const place = (range) => {
    if (range?.source?.normalizedPath !== UNIT) return null;
    const before = text.lastIndexOf("\n", range.start - 1);
    const ends = text.indexOf("\n", range.start);
    const inside = ends < 0 || range.end <= ends;
    return {
      line: text.slice(0, range.start).split("\n").length,
      ...(inside ? { start: range.start - before - 1, end: range.end - before - 1 } : {}),
    };
  };
  const note = (d) => {
    if (d.category === 3 && diagnostics.length < MOST_ERRORS) {
      diagnostics.push({ ...(place(d.range) ?? place(d.relatedRange)), message: `${d.message} [${d.code}]` });
    }
  };
  const options = [
    UNIT, "--outFile", "unit.wasm", "--runtime", "stub", "--use", "abort=", "--debug", "--noColors", "--memoryBase", String(base),
    "--disable", "sign-extension,nontrapping-f2i,bulk-memory",
  ]; // prettier-ignore
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => (name === UNIT ? text : null),
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => [],
    reportDiagnostic: note,
    transforms: [{ afterCompile: (module) => optimize(binaryen, module, level) }],
  });
  const wasm = files.get("unit.wasm");
  if (!error && wasm) return { wasm: Buffer.from(wasm).toString("base64") };
  if (!diagnostics.length) diagnostics.push({ message: stderr.toString().trim().slice(-1000) || error?.message || "asc failed without a message" });
  return { diagnostics };
}

async function serve(folder) {
  const load = (file) => import(pathToFileURL(`${folder}/node_modules/${file}`));
  const { default: binaryen } = await load("binaryen/index.js");
  const asc = await load("assemblyscript/dist/asc.js");
  const said = [];
  console.error = (...words) => void said.push(words.join(""));
  console.log = console.error;
  process.exit = () => {
    throw new Error("exit");
  };
  parentPort.on("message", async (request) => {
    try {
      parentPort.postMessage(await compile(asc, binaryen, request));
    } catch (error) {
      const why = said.join("\n").match(/(?:Error|Fatal): .*/)?.[0] ?? String(error?.message ?? error);
      parentPort.postMessage({ crashed: true, diagnostics: [{ message: `the compiler crashed: ${why}` }] });
    }
    said.length = 0;
  });
  parentPort.postMessage({ ready: asc.version });
}

function main(folder) {
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  let thread = null;
  let waiting = null; // resolves with the thread's next message
  const reply = (message) => waiting?.(message);
  const start = () =>
    new Promise((resolve) => {
      waiting = resolve;
      const made = (thread = new Worker(new URL(import.meta.url), { workerData: { folder } }));
      const gone = (error) => {
        if (thread !== made) return;
        thread = null;
        reply({ diagnostics: [{ message: `the compiler crashed: ${error?.message ?? "its thread ended"}` }] });
      };
      made.on("message", reply).on("error", gone).on("exit", () => gone());
    });
  const stop = async () => {
    const old = thread;
    thread = null;
    await old?.terminate();
  };
  const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  let turn = start().then(say);
  lines.on("line", (line) => {
    turn = turn.then(async () => {
      if (!thread) await start();
      const { crashed, ...message } = await new Promise((resolve) => {
        waiting = resolve;
        if (thread) thread.postMessage(JSON.parse(line));
        else resolve({ diagnostics: [{ message: "the compiler does not start" }] });
      });
      if (crashed || process.memoryUsage.rss() > LARGEST) await stop();
      say(message);
    });
  });
  lines.on("close", () => process.exit(0));
}

if (isMainThread) main(process.argv[2]);
else await serve(workerData.folder);
