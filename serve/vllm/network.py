"""M2M100 for vLLM: transformers' encoder, and a decoder on vLLM's paged attention and parallel layers.

Invariants: the same numbers as transformers' M2M100 in float32 (within 1e-4 in log-probabilities, tests/vllm); an input that several requests
share (samples of one function) is encoded once while it stays among the last `KEPT` tokens. Tensor parallelism splits the decoder; the encoder,
which is small, runs whole on every rank. Limits: no pipeline parallelism, no LoRA.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import torch
from torch import nn
from transformers import M2M100Config
from transformers.models.m2m_100.modeling_m2m_100 import M2M100Encoder, M2M100SinusoidalPositionalEmbedding
from vllm.compilation.decorators import support_torch_compile
from vllm.config import VllmConfig
from vllm.distributed import get_tensor_model_parallel_world_size
from vllm.model_executor.layers.attention import Attention, CrossAttention
from vllm.model_executor.layers.linear import ColumnParallelLinear, MergedColumnParallelLinear, QKVParallelLinear, RowParallelLinear
from vllm.model_executor.layers.logits_processor import LogitsProcessor
from vllm.model_executor.layers.vocab_parallel_embedding import ParallelLMHead, VocabParallelEmbedding
from vllm.model_executor.model_loader.weight_utils import default_weight_loader
from vllm.model_executor.models.interfaces import MultiModalEmbeddings, SupportsMultiModal
from vllm.multimodal import MULTIMODAL_REGISTRY
from vllm.v1.attention.backend import AttentionType

from transpile.serve.vllm.inputs import IDS, MODALITY, DummyInputs, Info, Processor

KEPT = 1 << 16
"""Encoder positions whose outputs are kept for requests to come, over all inputs."""
_AT_ONCE = 1 << 14
"""Most padded positions of one run of the encoder."""


class _SelfAttention(nn.Module):
    def __init__(self, config: M2M100Config, vllm_config: VllmConfig, prefix: str) -> None:
        super().__init__()
        width, heads = config.d_model, config.decoder_attention_heads
        size, local = width // heads, heads // get_tensor_model_parallel_world_size()
        quantization = vllm_config.quant_config
        self.local = local * size
        self.qkv_proj = QKVParallelLinear(width, size, heads, bias=True, quant_config=quantization, prefix=f"{prefix}.qkv_proj")
        self.out_proj = RowParallelLinear(width, width, bias=True, quant_config=quantization, prefix=f"{prefix}.out_proj")
        self.attn = Attention(
            local, size, size**-0.5, num_kv_heads=local, cache_config=vllm_config.cache_config, quant_config=quantization,
            prefix=f"{prefix}.attn", attn_type=AttentionType.DECODER,
        )  # fmt: skip

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        qkv, _ = self.qkv_proj(states)
        q, k, v = qkv.split([self.local] * 3, dim=-1)
        return self.out_proj(self.attn(q, k, v))[0]


class _CrossAttention(nn.Module):
    """Keys and values of the encoder's output are made in a request's first step, and read from the cache afterwards."""

    def __init__(self, config: M2M100Config, vllm_config: VllmConfig, prefix: str) -> None:
        super().__init__()
        width, heads = config.d_model, config.decoder_attention_heads
        size, local = width // heads, heads // get_tensor_model_parallel_world_size()
        quantization = vllm_config.quant_config
        self.local = local * size
        self.q_proj = ColumnParallelLinear(width, width, bias=True, quant_config=quantization, prefix=f"{prefix}.q_proj")
        self.kv_proj = MergedColumnParallelLinear(width, [width, width], bias=True, quant_config=quantization, prefix=f"{prefix}.kv_proj")
        self.out_proj = RowParallelLinear(width, width, bias=True, quant_config=quantization, prefix=f"{prefix}.out_proj")
        self.attn = CrossAttention(
            local, size, size**-0.5, num_kv_heads=local, cache_config=vllm_config.cache_config, quant_config=quantization,
            prefix=f"{prefix}.attn", attn_type=AttentionType.ENCODER_DECODER,
        )  # fmt: skip

    def forward(self, states: torch.Tensor, encoded: torch.Tensor | None) -> torch.Tensor:
        q, _ = self.q_proj(states)
        k = v = None
        if encoded is not None:
            kv, _ = self.kv_proj(encoded)
            k, v = kv.split([self.local] * 2, dim=-1)
        return self.out_proj(self.attn(q, k, v))[0]


class _DecoderLayer(nn.Module):
    def __init__(self, config: M2M100Config, vllm_config: VllmConfig, prefix: str) -> None:
        super().__init__()
        width, inner, quantization = config.d_model, config.decoder_ffn_dim, vllm_config.quant_config
        if config.activation_function != "relu":
            raise ValueError(f"the plugin knows relu, not {config.activation_function}")
        self.self_attn = _SelfAttention(config, vllm_config, f"{prefix}.self_attn")
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.encoder_attn = _CrossAttention(config, vllm_config, f"{prefix}.encoder_attn")
        self.encoder_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = ColumnParallelLinear(width, inner, bias=True, quant_config=quantization, prefix=f"{prefix}.fc1")
        self.fc2 = RowParallelLinear(inner, width, bias=True, quant_config=quantization, prefix=f"{prefix}.fc2")
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, states: torch.Tensor, encoded: torch.Tensor | None) -> torch.Tensor:
        states = states + self.self_attn(self.self_attn_layer_norm(states))
        states = states + self.encoder_attn(self.encoder_attn_layer_norm(states), encoded)
        inner, _ = self.fc1(self.final_layer_norm(states))
        return states + self.fc2(torch.relu(inner))[0]


@support_torch_compile(dynamic_arg_dims={"input_ids": 0, "positions": -1})
class Decoder(nn.Module):
    def __init__(self, *, vllm_config: VllmConfig, prefix: str = "") -> None:
        super().__init__()
        config = vllm_config.model_config.hf_config
        self.scale = config.d_model**0.5 if config.scale_embedding else 1.0
        self.embed_tokens = VocabParallelEmbedding(config.vocab_size, config.d_model)
        self.embed_positions = M2M100SinusoidalPositionalEmbedding(config.max_position_embeddings, config.d_model, config.pad_token_id)
        self.layers = nn.ModuleList(_DecoderLayer(config, vllm_config, f"{prefix}.layers.{i}") for i in range(config.decoder_layers))
        self.layer_norm = nn.LayerNorm(config.d_model)

    def forward(self, input_ids: torch.Tensor, positions: torch.Tensor, encoded: torch.Tensor | None) -> torch.Tensor:
        states = self.embed_input_ids(input_ids) + self.embed_positions.weights[positions + self.embed_positions.offset]
        for layer in self.layers:
            states = layer(states, encoded)
        return self.layer_norm(states)

    def embed_input_ids(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.embed_tokens(input_ids) * self.scale


@MULTIMODAL_REGISTRY.register_processor(Processor, info=Info, dummy_inputs=DummyInputs)
class M2M100(nn.Module, SupportsMultiModal):
    def __init__(self, *, vllm_config: VllmConfig, prefix: str = "") -> None:
        super().__init__()
        config = vllm_config.model_config.hf_config
        self.config = config
        with self._mark_composite_model(vllm_config, language_targets=Decoder, tower_targets={MODALITY: M2M100Encoder}):
            self.encoder = M2M100Encoder(config)
            self.decoder = Decoder(vllm_config=vllm_config, prefix=f"{prefix}.decoder" if prefix else "decoder")
        self.lm_head = ParallelLMHead(config.vocab_size, config.d_model).tie_weights(self.decoder.embed_tokens)
        self.logits_processor = LogitsProcessor(config.vocab_size)
        self._kept: OrderedDict[bytes, torch.Tensor] = OrderedDict()
        self.encoded = 0
        """Inputs that went through the encoder so far."""

    @classmethod
    def get_placeholder_str(cls, modality: str, i: int) -> str | None:
        return None

    def forward(
        self, input_ids: torch.Tensor, positions: torch.Tensor, encoder_outputs: list[torch.Tensor] | None = None, **_: object
    ) -> torch.Tensor:
        return self.decoder(input_ids, positions, torch.cat(encoder_outputs) if encoder_outputs else None)

    def compute_logits(self, hidden_states: torch.Tensor) -> torch.Tensor:
        return self.logits_processor(self.lm_head, hidden_states)

    def embed_input_ids(
        self, input_ids: torch.Tensor, multimodal_embeddings: MultiModalEmbeddings | None = None, *, is_multimodal: torch.Tensor | None = None
    ) -> torch.Tensor:
        return self.decoder.embed_input_ids(input_ids)

    def embed_multimodal(self, **kwargs: object) -> MultiModalEmbeddings:
        """The encoder's outputs, each (length, width), for rows of ids of any lengths."""
        rows: Sequence[torch.Tensor] = kwargs[IDS]  # type: ignore[assignment]
        keys = [row.cpu().numpy().tobytes() for row in rows]
        found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
        found |= self._encode(missing)
        for key, states in found.items():
            self._kept[key] = states
            self._kept.move_to_end(key)
        size = sum(len(states) for states in self._kept.values())
        while size > KEPT:
            size -= len(self._kept.popitem(last=False)[1])
        return [found[key] for key in keys]

    def _encode(self, rows: dict[bytes, torch.Tensor]) -> dict[bytes, torch.Tensor]:
        """Like lengths together, so that little is padding."""
        device, out = self.encoder.layer_norm.weight.device, {}
        waiting = sorted(rows.items(), key=lambda item: len(item[1]))
        while waiting:
            count = max(1, _AT_ONCE // len(waiting[-1][1]))
            batch, waiting = waiting[-count:], waiting[:-count]
            ids = nn.utils.rnn.pad_sequence([row for _, row in batch], batch_first=True, padding_value=self.config.pad_token_id).to(device)
            real = ids != self.config.pad_token_id
            mask = None if bool(real.all()) else real.long()
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            out |= {key: one[: len(row)] for (key, row), one in zip(batch, states, strict=True)}
            self.encoded += len(batch)
        return out

    def load_weights(self, weights: Iterable[tuple[str, torch.Tensor]]) -> set[str]:
        """Raises ValueError for a weight that has no place here."""
        places, loaded = dict(self.named_parameters()), set()
        for name, weight in weights:
            for place, shard in _places(name.removeprefix("model.")):
                if place not in places:
                    raise ValueError(f"the checkpoint has a weight that the plugin does not know: {name}")
                loader = getattr(places[place], "weight_loader", default_weight_loader)
                loader(places[place], weight, *shard)
                loaded.add(place)
        return loaded


_EMBEDDINGS = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
_FUSED: dict[str, tuple[str, str | int]] = {
    "self_attn.q_proj": ("self_attn.qkv_proj", "q"),
    "self_attn.k_proj": ("self_attn.qkv_proj", "k"),
    "self_attn.v_proj": ("self_attn.qkv_proj", "v"),
    "encoder_attn.k_proj": ("encoder_attn.kv_proj", 0),
    "encoder_attn.v_proj": ("encoder_attn.kv_proj", 1),
}


def _places(name: str) -> list[tuple[str, tuple[str | int, ...]]]:
    """Our parameters that a weight of the checkpoint goes to, and the part of each. The embeddings are one matrix, under up to four names."""
    if name in _EMBEDDINGS:
        return [("encoder.embed_tokens.weight", ()), ("decoder.embed_tokens.weight", ())]
    if name.startswith("decoder."):
        for part, (whole, shard) in _FUSED.items():
            if f".{part}." in name:
                return [(name.replace(part, whole), (shard,))]
    return [(name, ())]
