"""How an encoder's input reaches the model: as the one multimodal item "text" of a request, a row of token ids.

vLLM knows text encoder-decoders only as multimodal models. A prompt is
`{"prompt_token_ids": decoder prefix, "multi_modal_data": {"text": encoder ids}}`; nothing is tokenized here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from transformers import BatchFeature
from vllm.multimodal.inputs import MultiModalFieldConfig, MultiModalKwargsItems
from vllm.multimodal.parse import ModalityDataItems, MultiModalDataItems, MultiModalDataParser
from vllm.multimodal.processing import BaseDummyInputsBuilder, BaseProcessingInfo, EncDecMultiModalProcessor, PromptReplacement, PromptUpdate

MODALITY = "text"
IDS = "encoder_ids"
"""What `embed_multimodal` gets them as."""
_PLACE = 0
"""Stands for a position of the encoder in vLLM's bookkeeping."""


class EncoderIds(ModalityDataItems[list[torch.Tensor], torch.Tensor]):
    """Rows of ids, one for each item."""

    def __init__(self, rows: list[torch.Tensor]) -> None:
        super().__init__(rows, MODALITY)

    def get_count(self) -> int:
        return len(self.data)

    def get(self, index: int) -> torch.Tensor:
        return self.data[index]

    def get_processor_data(self) -> Mapping[str, object]:
        return {}

    def get_passthrough_data(self) -> Mapping[str, object]:
        return {IDS: self.data}


class _Parser(MultiModalDataParser):
    def _get_subparsers(self) -> Mapping[str, Any]:
        return {MODALITY: _parse}


def _parse(data: Any) -> EncoderIds:
    """One row of ids, or a list of one (as vLLM hands on what was parsed before). Raises ValueError for anything else."""
    rows = data if isinstance(data, list) and data and not isinstance(data[0], int) else [data]
    tensors = [torch.as_tensor(row, dtype=torch.long) for row in rows]
    if any(row.ndim != 1 or not len(row) for row in tensors):
        raise ValueError("the encoder's input is a list of token ids, at least one")
    return EncoderIds(tensors)


class Info(BaseProcessingInfo):
    def get_data_parser(self) -> MultiModalDataParser:
        return _Parser()

    @property
    def longest(self) -> int:
        return self.get_hf_config().max_position_embeddings

    def get_supported_mm_limits(self) -> Mapping[str, int | None]:
        return {MODALITY: 1}

    def get_mm_max_tokens_per_item(self, seq_len: int, mm_counts: Mapping[str, int]) -> Mapping[str, int]:
        return {MODALITY: self.longest}

    @property
    def skip_prompt_length_check(self) -> bool:
        return True  # the encoder's length and the decoder's are apart


class DummyInputs(BaseDummyInputsBuilder[Info]):
    """The longest input, for vLLM to measure memory with."""

    def get_dummy_text(self, mm_counts: Mapping[str, int]) -> str:
        return ""

    def get_dummy_mm_data(self, seq_len: int, mm_counts: Mapping[str, int], mm_options: Any) -> dict[str, Any]:
        token = self.info.get_hf_config().eos_token_id
        return {MODALITY: [[token] * self.info.longest] * mm_counts.get(MODALITY, 0)}


class Processor(EncDecMultiModalProcessor[Info]):
    skip_decoder_start_token = True  # prefixes begin with it

    def create_encoder_prompt(self, prompt: list[int], mm_items: MultiModalDataItems) -> list[int]:
        return [_PLACE]

    def _get_mm_fields_config(self, hf_inputs: BatchFeature, hf_processor_mm_kwargs: Mapping[str, object]) -> Mapping[str, MultiModalFieldConfig]:
        return {IDS: MultiModalFieldConfig.batched(MODALITY, keep_on_cpu=True)}

    def _get_prompt_updates(
        self, mm_items: MultiModalDataItems, hf_processor_mm_kwargs: Mapping[str, object], out_mm_kwargs: MultiModalKwargsItems
    ) -> Sequence[PromptUpdate]:
        rows = mm_items.get_items(MODALITY, EncoderIds)

        def positions(index: int) -> list[int]:
            length = len(rows.get(index))
            if length > self.info.longest:
                raise ValueError(f"the encoder's input has {length} tokens, the model reads {self.info.longest}")
            return [_PLACE] * length

        return [PromptReplacement(modality=MODALITY, target=[_PLACE], replacement=positions)]
