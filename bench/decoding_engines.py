"""Tokens per CPU-second of CTranslate2 int8 against transformers' generate: the shipped checkpoint, one input, 16 samples, one thread each.

Both sample from the same distribution (temperature 0.8, top-p 0.98); only tokens behind the prefix count. Rounds alternate, so that a busy machine
slows both alike; the ratio is of the medians. Prints one JSON object. The bar is 1.8.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.corpus.text import canonical_text
from transpile.serve.decoder import MAX_OUTPUT, CTranslate2Decoder, Sampling, default_checkpoint
from transpile.serve.transpiler import prepare
from transpile.tokenizer.vocabulary import END, PAD, encode_prefix, encode_wat

BAR = 1.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=Path(__file__).parents[1] / "examples" / "arrays.c")
    parser.add_argument("--function", default="insertion_sort")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    import torch
    from transformers import M2M100ForConditionalGeneration

    torch.set_num_threads(1)
    decoder = CTranslate2Decoder(threads=1)
    network = M2M100ForConditionalGeneration.from_pretrained(default_checkpoint(), dtype=torch.float32).eval()
    program, rust = load(arguments.source), language("rust")
    work = prepare(program, next(f for f in program.functions if f.name == arguments.function))
    source = encode_wat(decoder.tokenizer, work.wat)
    prefix = encode_prefix(decoder.tokenizer, "rust", canonical_text(rust.write_prelude(work.canonical, work.callee_signatures)))

    def here(seed: int) -> int:
        samples = decoder.generate(source, prefix[1:], Sampling(arguments.samples, 0.8, 0.98, seed))
        return sum(len(s.ids) + s.ended for s in samples)

    def there(seed: int) -> int:
        torch.manual_seed(seed)
        with torch.inference_mode():
            out = network.generate(
                torch.tensor([source]), decoder_input_ids=torch.tensor([prefix]), do_sample=True, temperature=0.8, top_p=0.98, top_k=0,
                num_return_sequences=arguments.samples, max_new_tokens=MAX_OUTPUT,
            )  # fmt: skip
        written = out[:, len(prefix) :]
        return int((written != PAD).sum())

    assert network.config.eos_token_id == END
    speeds: dict[str, list[float]] = {"ctranslate2": [], "transformers": []}
    engines: dict[str, Callable[[int], int]] = {"ctranslate2": here, "transformers": there}
    for number in range(arguments.rounds + 1):
        for name, run in engines.items():
            started = time.process_time()
            tokens = run(number)
            if number:  # the first is for warming up
                speeds[name].append(tokens / (time.process_time() - started))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    ratio = medians["ctranslate2"] / medians["transformers"]
    report = {f"{name}_tokens_per_cpu_second": round(value, 1) for name, value in medians.items()}
    spread = {name: [round(min(v), 1), round(max(v), 1)] for name, v in speeds.items()}
    print(json.dumps(report | {"ratio": round(ratio, 2), "bar": BAR, "samples": arguments.samples, "spread": spread, "load": os.getloadavg()}))


if __name__ == "__main__":
    main()
