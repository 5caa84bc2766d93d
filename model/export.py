"""The exported checkpoint: one folder that transformers, CTranslate2 and (through our plugin) vLLM read, and nothing else is shared.

config.json (with the `languages` and the `levels` of compilation that it was trained on), generation_config.json, model.safetensors (float16),
tokenizer.json, tokenizer_config.json, ctranslate2/ (int8), and once `model card` has run: README.md, figures.jsonl, metrics.jsonl, loss.png
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.model.network import build, preset
from transpile.tokenizer.vocabulary import load


def export(run: Path, tokenizer_file: Path, out: Path, *, preset_name: str, quantization: str = "int8") -> Path:
    """Write the folder `out` from `run/state.pt`; it appears whole or not at all. Raises TranspileError where there is no checkpoint."""
    import ctranslate2
    import torch
    from transformers import PreTrainedTokenizerFast

    state_file = run / "state.pt"
    if not state_file.exists():
        raise TranspileError(f"no checkpoint in {run}", hint="train one with `model train`")
    tokenizer = load(tokenizer_file)
    network = build(preset(preset_name), tokenizer.get_vocab_size())
    state = torch.load(state_file, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    network.config.languages = state["progress"].get("languages", [])
    network.config.levels = state["progress"].get("levels", [])
    network.eval()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        whole = Path(folder) / "export"
        # float32 for the conversion, float16 for the file that is kept.
        network.save_pretrained(whole / "float32")
        wrapped = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            bos_token="<s>",
            eos_token="</s>",
            unk_token="<unk>",
            pad_token="<pad>",
            model_input_names=["input_ids", "attention_mask"],
        )
        wrapped.save_pretrained(whole / "float32")
        converter = ctranslate2.converters.TransformersConverter(str(whole / "float32"))
        converter.convert(str(whole / "ctranslate2"), quantization=quantization)
        shutil.rmtree(whole / "float32")
        network.half().save_pretrained(whole)
        wrapped.save_pretrained(whole)
        shutil.copyfile(tokenizer_file, whole / "tokenizer.json")
        for kept in ("README.md", "figures.jsonl", "figures-before.jsonl", "metrics.jsonl", "loss.png", "__init__.py"):
            if (out / kept).exists():
                shutil.copyfile(out / kept, whole / kept)
        if out.exists():
            shutil.rmtree(out)
        whole.rename(out)
    return out
