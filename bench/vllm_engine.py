"""Tokens per second of the vLLM plugin against transformers' generate: the shipped checkpoint, 32 requests at once, the same inputs and the same settings.

transformers gets the requests as one padded batch, which is the best that it can do with them; it works until the longest is done, vLLM lets go of
each as it ends. Requests are functions of examples/, greedy and sampled in turn, decoded from the language tag alone, so that no decoder input
needs padding. Rounds alternate, so that a busy machine slows both alike; ratios are of medians. On a CPU both have one thread, and tokens per
CPU-second are printed too, which is the fairer figure on a machine that others use; on a GPU both run there in float16, by the clock.
Prints one JSON object. The bar, on a CPU, is 1.3. Needs `.venv-vllm` (tools/install-vllm), or on a GPU `pip install '.[gpu]'`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # both in this process, so that its CPU time counts all

import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import M2M100ForConditionalGeneration
from vllm import LLM, SamplingParams

from transpile.corpus.program import load as load_program
from transpile.serve.decoder import default_checkpoint
from transpile.serve.transpiler import prepare
from transpile.serve.vllm.engine import engine_arguments, prompt
from transpile.tokenizer.vocabulary import END, PAD, encode_prefix, encode_wat, load

BAR = 1.3
EXAMPLES = Path(__file__).parents[1] / "examples"


def sources(count: int) -> list[list[int]]:
    """Encoder inputs of the examples' functions, from the start again where there are too few."""
    tokenizer = load(default_checkpoint() / "tokenizer.json")
    found = []
    for path in sorted(EXAMPLES.glob("*.c")):
        program = load_program(path)
        found += [encode_wat(tokenizer, prepare(program, function).wat) for function in program.functions]
    return [found[i % len(found)] for i in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--longest", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(1)
    dtype = torch.float16 if device == "cuda" else torch.float32
    network = M2M100ForConditionalGeneration.from_pretrained(default_checkpoint(), dtype=dtype).to(device).eval()
    llm = LLM(**engine_arguments(None, {"dtype": str(dtype).removeprefix("torch."), "disable_log_stats": True}))
    inputs = sources(arguments.requests)
    prefix = encode_prefix(load(default_checkpoint() / "tokenizer.json"), "rust", "")
    padded = pad_sequence([torch.tensor(one) for one in inputs], batch_first=True, padding_value=PAD).to(device)

    def here(number: int) -> int:
        heat = {"temperature": 0.8, "top_p": 0.98, "seed": number} if number % 2 else {"temperature": 0.0}
        llm.apply_model(lambda model: model._kept.clear())  # what an earlier round encoded does not count
        parameters = SamplingParams(max_tokens=arguments.longest, detokenize=False, **heat)
        return sum(len(o.outputs[0].token_ids) for o in llm.generate([prompt(one, prefix) for one in inputs], parameters, use_tqdm=False))

    def there(number: int) -> int:
        torch.manual_seed(number)
        heat = {"do_sample": True, "temperature": 0.8, "top_p": 0.98, "top_k": 0} if number % 2 else {"do_sample": False}
        with torch.inference_mode():
            out = network.generate(
                padded, attention_mask=(padded != PAD).long(), decoder_input_ids=torch.tensor([prefix] * len(inputs), device=device),
                max_new_tokens=arguments.longest, num_beams=1, **heat,
            )  # fmt: skip
        return int((out[:, len(prefix) :] != PAD).sum())

    assert network.config.eos_token_id == END
    clock: dict[str, list[float]] = {"vllm": [], "transformers": []}
    processor: dict[str, list[float]] = {"vllm": [], "transformers": []}
    engines = {"vllm": here, "transformers": there}
    for number in range(-2, 2 * arguments.rounds):
        for name, run in engines.items():
            started, used = time.perf_counter(), time.process_time()
            tokens = run(number)
            if device == "cuda":
                torch.cuda.synchronize()
            if number >= 0:  # the first two are for warming up
                clock[name].append(tokens / (time.perf_counter() - started))
                processor[name].append(tokens / (time.process_time() - used))
    report: dict[str, Any] = {"device": "cpu", "bar": BAR} if device == "cpu" else {"device": torch.cuda.get_device_name()}
    report["requests"] = arguments.requests
    for what, speeds in [("second", clock), ("cpu_second", processor)][: 1 if device == "cuda" else 2]:
        medians = {name: statistics.median(values) for name, values in speeds.items()}
        report |= {f"{name}_tokens_per_{what}": round(value, 1) for name, value in medians.items()}
        report[f"ratio_per_{what}"] = round(medians["vllm"] / medians["transformers"], 2)
    print(json.dumps(report | {"load": os.getloadavg()}))


if __name__ == "__main__":
    main()
