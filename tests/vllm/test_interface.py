"""Says loudly when vLLM has moved: the release, and every name and signature of it that the plugin and the engine use, as they were at the pinned one.

After a change of the pinned release: read what vLLM changed about each name that is listed, mend serve/vllm, then write the table anew with
`python tests/vllm/test_interface.py > tests/vllm/interface.json`.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("interface.json")
ROOT = Path(__file__).parents[2]
USED = {
    "vllm": ["LLM.generate", "ModelRegistry.register_model", "ModelRegistry.get_supported_archs", "AsyncEngineArgs", "SamplingParams"],
    "vllm.compilation.decorators": ["support_torch_compile"],
    "vllm.distributed": ["get_tensor_model_parallel_world_size"],
    "vllm.model_executor.layers.attention": ["Attention.__init__", "Attention.forward", "CrossAttention.__init__"],
    "vllm.model_executor.layers.linear": [
        "ColumnParallelLinear.__init__", "MergedColumnParallelLinear.__init__", "QKVParallelLinear.__init__", "RowParallelLinear.__init__",
    ],
    "vllm.model_executor.layers.logits_processor": ["LogitsProcessor.__init__", "LogitsProcessor.forward"],
    "vllm.model_executor.layers.vocab_parallel_embedding": ["ParallelLMHead.__init__", "ParallelLMHead.tie_weights", "VocabParallelEmbedding.__init__"],
    "vllm.model_executor.model_loader.weight_utils": ["default_weight_loader"],
    "vllm.model_executor.models.interfaces": [
        "SupportsMultiModal._mark_composite_model", "SupportsMultiModal.embed_multimodal", "SupportsMultiModal.embed_input_ids",
        "SupportsMultiModal.get_placeholder_str",
    ],
    "vllm.multimodal": ["MULTIMODAL_REGISTRY.register_processor"],
    "vllm.multimodal.inputs": ["MultiModalFieldConfig.batched"],
    "vllm.multimodal.parse": [
        "ModalityDataItems.get_count", "ModalityDataItems.get", "ModalityDataItems.get_processor_data", "ModalityDataItems.get_passthrough_data",
        "MultiModalDataItems.get_items", "MultiModalDataParser._get_subparsers",
    ],
    "vllm.multimodal.processing": [
        "BaseDummyInputsBuilder.get_dummy_mm_data", "BaseDummyInputsBuilder.get_dummy_text", "BaseProcessingInfo.get_data_parser",
        "BaseProcessingInfo.get_mm_max_tokens_per_item", "BaseProcessingInfo.get_supported_mm_limits", "BaseProcessingInfo.skip_prompt_length_check",
        "EncDecMultiModalProcessor.create_encoder_prompt", "EncDecMultiModalProcessor.skip_decoder_start_token",
        "EncDecMultiModalProcessor._get_mm_fields_config", "EncDecMultiModalProcessor._get_prompt_updates", "PromptReplacement",
    ],
    "vllm.outputs": ["CompletionOutput", "RequestOutput"],
    "vllm.platforms": ["current_platform.is_cpu"],
    "vllm.sampling_params": ["RequestOutputKind", "StructuredOutputsParams"],
    "vllm.v1.attention.backend": ["AttentionType"],
    "vllm.v1.engine.async_llm": ["AsyncLLM.errored", "AsyncLLM.from_engine_args", "AsyncLLM.generate", "AsyncLLM.shutdown"],
    "vllm.v1.engine.exceptions": ["EngineDeadError"],
}  # fmt: skip


def seen(module: str, name: str) -> str:
    """A name as vLLM has it now: a signature, the members of an enumeration, or the type of a plain attribute."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
    found = getattr(found, "__func__", found)
    members = [m for m in vars(found) if m.isupper()] if inspect.isclass(found) else []
    if members:
        return " ".join(members)
    if not callable(found):
        return type(found).__name__
    return "(" + ", ".join(p.name for p in inspect.signature(found).parameters.values()) + ")"


def table() -> dict[str, dict[str, str]]:
    return {module: {name: seen(module, name) for name in names} for module, names in USED.items()}


def test_the_release_is_the_pinned_one() -> None:
    import vllm

    from transpile.serve.vllm.plugin import PINNED

    assert vllm.__version__.partition("+")[0] == PINNED, f"vLLM is {vllm.__version__}, the plugin is written for {PINNED}: read this module's first lines"
    assert f"release={PINNED}\n" in (ROOT / "tools" / "install-vllm").read_text()
    assert f'"vllm=={PINNED}"' in (ROOT / "pyproject.toml").read_text()


def test_nothing_that_is_used_has_moved() -> None:
    known, moved = json.loads(TABLE.read_text()), []
    for module, names in USED.items():
        for name in names:
            try:
                now = seen(module, name)
            except (ImportError, AttributeError) as error:
                now = f"gone: {error}"
            if now != known[module][name]:
                moved.append(f"{module}.{name}\n    was {known[module][name]}\n    is  {now}")
    assert not moved, "vLLM's interface has moved; serve/vllm must follow:\n" + "\n".join(moved)


def test_vllm_finds_the_plugin() -> None:
    from vllm import ModelRegistry

    from transpile.serve.vllm.plugin import ARCHITECTURE

    plugin = next(p for p in entry_points(group="vllm.general_plugins") if p.name == "transpile")
    register = plugin.load()
    register()
    register()  # as vLLM does, in some processes
    assert ARCHITECTURE in ModelRegistry.get_supported_archs()


if __name__ == "__main__":
    print(json.dumps(table(), indent=1))
