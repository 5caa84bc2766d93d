"""Training with a wall-clock budget: warm-up, constant rate, linear decay over the last part, checkpoints that resume exactly there.

One process a core with one thread each (`torchrun --nproc-per-node N -m transpile.model.train ...` on CPUs or GPUs); bf16 autocast where the
hardware has it. Hidden matrices are updated by Muon (Jordan et al., 2024; torch.optim.Muon), the rest by AdamW. Metrics go to
`metrics.jsonl`, one object a log interval; `loss.png` is drawn from them.
"""

from __future__ import annotations

import json
import math
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from transpile.corpus.errors import TranspileError
from transpile.model import data
from transpile.model.network import build, preset
from transpile.tokenizer.vocabulary import load, spelling

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WARM_UP = 0.02
"""Share of the budget with a rising learning rate."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a training run is given. `minutes` is the budget of wall time over all resumptions; a longer budget on resumption extends the run."""

    corpora: tuple[Path, ...]
    tokenizer: Path
    out: Path
    preset: str = "small"
    minutes: float = 120.0
    decay: float = 0.3
    seed: int = 0
    log_every: int = 20
    save_every: float = 300.0
    """Seconds between checkpoints."""
    limit: int = 0
    """Train on the first so many pairs only; 0 is all."""


def schedule(progress: float, decay: float) -> float:
    """Learning-rate factor at `progress` in [0, 1] of the budget: warm-up, constant, linear decay to zero."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return min(1.0, max(0.0, (1.0 - progress) / decay)) if decay else 1.0


def has_bf16() -> bool:
    """Whether this CPU multiplies bf16 matrices in hardware (AVX512-BF16); without it autocast would be slower than float32."""
    import torch

    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())


def share(batches: Iterator[list[data.Example]], rank: int, workers: int) -> Iterator[list[data.Example]]:
    """Every `workers`-th batch, from `rank` on; an incomplete last round is dropped, so that all processes take as many steps."""
    while len(taken := list(islice(batches, workers))) == workers:
        yield taken[rank]


def optimizers(network, rate: float):
    """Muon for the hidden matrices, AdamW for embeddings, norms and biases."""
    import torch

    hidden = [p for n, p in network.named_parameters() if p.ndim == 2 and "embed" not in n and "shared" not in n and "lm_head" not in n]
    chosen = {id(p) for p in hidden}
    rest = [p for p in network.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(hidden, lr=rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def loss_of(network, batch, device, *, bf16: bool):
    """Weighted mean cross entropy of the targets, and the weight it is over."""
    import torch

    wat, mask, inputs, labels, weight = (t.to(device, non_blocking=True) for t in batch)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
        logits = network(input_ids=wat, attention_mask=mask, decoder_input_ids=inputs, use_cache=False).logits
    keep = weight > 0
    losses = torch.nn.functional.cross_entropy(logits[keep].float(), labels[keep], reduction="none")
    return (losses * weight[keep]).sum() / weight[keep].sum()


def grow(state: dict, tokenizer: Tokenizer) -> None:
    """Give the words that the tokenizer has behind those of a saved run (`tokenizer train --known`) embeddings: the mean of what they were spelled with.

    Raises TranspileError where the tokenizer has fewer tokens than the run.
    """
    import torch

    before, now = len(state["network"]["model.shared.weight"]), tokenizer.get_vocab_size()
    if now < before:
        hint = "go on with the run's tokenizer, or one made of it by `tokenizer train --known`"
        raise TranspileError(f"the run has a vocabulary of {before} tokens, the tokenizer {now}", hint=hint)
    tied = [name for name in state["network"] if name.endswith(("shared.weight", "embed_tokens.weight", "lm_head.weight"))]
    spelled = [spelling(tokenizer, tokenizer.id_to_token(i), before) for i in range(before, now)]
    shape = state["network"]["model.shared.weight"].shape
    for rows in (state["network"], *(one for saved in state["optimizers"] for one in saved["state"].values())):
        for name, old in rows.items():
            if name in tied:
                rows[name] = torch.cat([old, *(old[pieces].mean(0, keepdim=True) for pieces in spelled)])
            elif name in ("exp_avg", "exp_avg_sq") and old.shape == shape:
                rows[name] = torch.cat([old, old.new_zeros(now - before, shape[1])])


def train(run: Run) -> None:
    """Train, or go on from `run.out/state.pt`. Raises TranspileError for a missing corpus or tokenizer."""
    import torch
    import torch.distributed as dist

    workers, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    cuda = torch.cuda.is_available()
    device = torch.device(f"cuda:{int(os.environ.get('LOCAL_RANK', '0'))}" if cuda else "cpu")
    if not cuda:
        torch.set_num_threads(1)
    if workers > 1:
        dist.init_process_group("nccl" if cuda else "gloo")
    run.out.mkdir(parents=True, exist_ok=True)
    tokenizer = load(run.tokenizer)
    sizes = preset(run.preset)
    torch.manual_seed(run.seed)
    network = build(sizes, tokenizer.get_vocab_size()).to(device)
    groups = data.load_groups(run.corpora, tokenizer, "train", limit=run.limit)
    held_out = data.load_groups(run.corpora, tokenizer, "novel")
    if not groups:
        raise TranspileError("the corpus has no training pairs", hint="build a larger one with `corpus build --programs N`")
    bf16 = cuda or has_bf16()
    steppers = optimizers(network, sizes.learning_rate)
    progress = {"step": 0, "epoch": 0, "seconds": 0.0, "tokens": 0, "languages": [], "levels": []}
    checkpoint = run.out / "state.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        grow(state, tokenizer)
        network.load_state_dict(state["network"])
        for stepper, saved in zip(steppers, state["optimizers"], strict=True):
            stepper.load_state_dict(saved)
        progress |= state["progress"]
    progress["languages"] = sorted({*progress["languages"], *(row.language for rows in groups for row in rows)})
    progress["levels"] = sorted({*progress["levels"], *(row.level for rows in groups for row in rows)})
    parallel = torch.nn.parallel.DistributedDataParallel(network) if workers > 1 else network
    trained = torch.compile(parallel, dynamic=True) if cuda else parallel
    metrics = _open_metrics(run.out / "metrics.jsonl", progress["step"]) if rank == 0 else None
    budget, started, offset = run.minutes * 60, time.monotonic(), progress["seconds"]
    saved_at = started
    recent: list[float] = []
    window = (time.monotonic(), progress["tokens"])
    if rank == 0:
        count = sum(p.numel() for p in network.parameters())
        print(f"{count / 1e6:.1f} M parameters, {len(groups)} groups, {workers} processes, bf16 {bf16}", file=sys.stderr)

    def save() -> None:
        progress["seconds"] = offset + time.monotonic() - started
        state = {"network": network.state_dict(), "optimizers": [s.state_dict() for s in steppers], "progress": progress}
        temporary = checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(checkpoint)

    # A run that is told to stop keeps what it has learned.
    stop: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: stop.append(number))
    finished = False
    network.train()
    while not finished:
        before = progress["step"]
        rng = random.Random(f"{run.seed}/{progress['epoch']}/{before}")
        for batch in share(data.epoch(groups, rng, sizes.batch_tokens // workers), rank, workers):
            done = torch.tensor([2.0 if stop else (offset + time.monotonic() - started) / budget])
            if workers > 1:
                done = done.to(device)
                dist.broadcast(done, 0)
            if done.item() >= 1.0:
                finished = True
                break
            for stepper in steppers:
                for group in stepper.param_groups:
                    group["lr"] = sizes.learning_rate * schedule(done.item(), run.decay)
            loss = loss_of(trained, data.collate(batch), device, bf16=bf16)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            for stepper in steppers:
                stepper.step()
                stepper.zero_grad(set_to_none=True)
            progress["step"] += 1
            progress["tokens"] += workers * sum(len(e.wat) + len(e.target) for e in batch)
            recent.append(loss.item())
            if rank == 0 and progress["step"] % run.log_every == 0:
                now = time.monotonic()
                record = {
                    "step": progress["step"], "epoch": progress["epoch"], "minutes": round((offset + now - started) / 60, 2),
                    "loss": round(sum(recent) / len(recent), 4), "tokens": progress["tokens"],
                    "tokens_per_second": round((progress["tokens"] - window[1]) / (now - window[0])),
                    "rate": round(steppers[0].param_groups[0]["lr"], 6),
                }  # fmt: skip
                if progress["step"] % (run.log_every * 10) == 0 and held_out:
                    record["held_out_loss"] = round(held_out_loss(network, held_out, sizes.batch_tokens, device, bf16), 4)
                metrics.write(json.dumps(record) + "\n")
                metrics.flush()
                recent, window = [], (time.monotonic(), progress["tokens"])
                if now - saved_at > run.save_every:
                    save()
                    saved_at = now
        if not finished and progress["step"] == before:
            raise TranspileError(f"the corpus fills no batch for each of {workers} processes", hint="use fewer processes or a larger corpus")
        progress["epoch"] += not finished
    if rank == 0:
        save()
        plot(run.out / "metrics.jsonl", run.out / "loss.png")
    if workers > 1:
        dist.barrier()
        dist.destroy_process_group()


def _open_metrics(path: Path, step: int) -> TextIO:
    """The metrics file to append to, without records of steps after the checkpoint that the run goes on from."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    path.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))
    return path.open("a")


def held_out_loss(network, groups, batch_tokens: int, device, bf16: bool, *, batches: int = 4) -> float:
    """Mean loss over the same few batches of held-out groups each time."""
    import torch

    network.eval()
    total = []
    with torch.no_grad():
        for batch, _ in zip(data.epoch(groups, random.Random(0), batch_tokens), range(batches), strict=False):
            total.append(loss_of(network, data.collate(batch), device, bf16=bf16).item())
    network.train()
    return sum(total) / len(total) if total else math.nan


def plot(metrics: Path, picture: Path) -> None:
    """Loss over minutes, training and held out, as PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    records = [json.loads(line) for line in metrics.read_text().splitlines()]
    if not records:
        return
    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot([r["minutes"] for r in records], [r["loss"] for r in records], label="training", linewidth=1)
    held = [r for r in records if "held_out_loss" in r]
    axes.plot([r["minutes"] for r in held], [r["held_out_loss"] for r in held], label="held out by skeleton", linewidth=1.5)
    axes.set(xlabel="minutes", ylabel="cross entropy, nats a token", yscale="log")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture, dpi=120)
    pyplot.close(figure)
