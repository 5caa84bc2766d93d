"""The entry point `vllm.general_plugins`: tells vLLM, in each of its processes, who runs an M2M100 checkpoint.

Written against one release of vLLM. Another may work; whether it does, `make test-vllm` says (tests/vllm/test_interface.py compares every
name and signature that is used with those of the pinned release).
"""

from __future__ import annotations

import logging

PINNED = "0.32.0"
ARCHITECTURE = "M2M100ForConditionalGeneration"


def register() -> None:
    """Called by vLLM when it starts, in some processes more than once."""
    from vllm import ModelRegistry, __version__

    if not __version__.startswith(PINNED):
        logging.getLogger("vllm.transpile").warning("written for vLLM %s, this is %s: install the pinned release if it fails", PINNED, __version__)
    if ARCHITECTURE not in ModelRegistry.get_supported_archs():
        ModelRegistry.register_model(ARCHITECTURE, "transpile.serve.vllm.network:M2M100")
