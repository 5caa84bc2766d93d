"""The encoder-decoder: `M2M100ForConditionalGeneration` by presets.

That class because one unmodified checkpoint of it runs in transformers (training), CTranslate2 (the CPU engine) and vLLM (through our
plugin). A preset is a function that returns a dataclass. Facts that must hold for all three engines: pad 1, </s> 2, decoder start 2, head size 64,
sinusoidal positions to 4096, no forced tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from transpile.corpus.errors import TranspileError
from transpile.tokenizer.vocabulary import BEGIN, END, PAD

MAX_POSITIONS = 4096
HEAD_SIZE = 64


@dataclass(frozen=True, slots=True)
class Preset:
    """Sizes of the network and the training that suits it."""

    name: str
    width: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int
    batch_tokens: int
    """Padded encoder plus decoder tokens in an optimizer step, over all processes."""
    learning_rate: float
    dropout: float = 0.0


def tiny() -> Preset:
    """0.2 M parameters: tests, overfitting ten pairs."""
    return Preset("tiny", 64, 128, 1, 1, 2048, 5e-3)


def small() -> Preset:
    """8 M parameters: some hours on CPU cores with bf16."""
    return Preset("small", 256, 1024, 4, 4, 8_192, 2e-3)


def base() -> Preset:
    """32 M parameters: one GPU for half an hour."""
    return Preset("base", 448, 1792, 5, 5, 131_072, 1.2e-3, 0.05)


def large() -> Preset:
    """63 M parameters: one GPU for hours."""
    return Preset("large", 576, 2304, 6, 6, 262_144, 8e-4, 0.1)


PRESETS = {p().name: p for p in (tiny, small, base, large)}


def preset(name: str) -> Preset:
    """The preset of that name. Raises TranspileError naming what there is."""
    if name not in PRESETS:
        raise TranspileError(f"unknown preset '{name}'", hint=f"presets are: {', '.join(PRESETS)}")
    return PRESETS[name]()


def build(preset: Preset, vocabulary: int):
    """A freshly initialized M2M100ForConditionalGeneration with tied embeddings."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    config = M2M100Config(
        vocab_size=vocabulary,
        d_model=preset.width,
        encoder_layers=preset.encoder_layers,
        decoder_layers=preset.decoder_layers,
        encoder_ffn_dim=preset.feed_forward,
        decoder_ffn_dim=preset.feed_forward,
        encoder_attention_heads=preset.width // HEAD_SIZE,
        decoder_attention_heads=preset.width // HEAD_SIZE,
        dropout=preset.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        activation_function="relu",
        scale_embedding=True,
        max_position_embeddings=MAX_POSITIONS,
        bos_token_id=BEGIN,
        pad_token_id=PAD,
        eos_token_id=END,
        decoder_start_token_id=END,
        tie_word_embeddings=True,
    )
    config.max_source_positions = MAX_POSITIONS
    config.forced_bos_token_id = config.forced_eos_token_id = None
    # Eager attention: torch's fused CPU kernel is 1.5x slower than two matrix products at these lengths (bench/training.py).
    config._attn_implementation = "eager"
    return M2M100ForConditionalGeneration(config)
