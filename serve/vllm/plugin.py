"""The entry point `vllm.general_plugins`: tells vLLM, in each of its processes, who runs an M2M100 checkpoint.

Written against one release of vLLM. Another may work; whether it does, `make test-vllm` says (tests/vllm/test_interface.py compares every
name and signature that is used with those of the pinned release).
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading

PINNED = "0.32.0"
ARCHITECTURE = "M2M100ForConditionalGeneration"
FOLLOW = "TRANSPILE_VLLM_FOLLOWS"
"""Set by the service: vLLM's processes end with the one that started them, even when that was killed. On its own, vLLM leaves them behind."""
_follower: threading.Thread | None = None


def register() -> None:
    """Called by vLLM when it starts, in some processes more than once."""
    from vllm import ModelRegistry, __version__

    if not __version__.startswith(PINNED):
        logging.getLogger("vllm.transpile").warning("written for vLLM %s, this is %s: install the pinned release if it fails", PINNED, __version__)
    if ARCHITECTURE not in ModelRegistry.get_supported_archs():
        ModelRegistry.register_model(ARCHITECTURE, "transpile.serve.vllm.network:M2M100")
    _follow()


def _follow() -> None:
    global _follower
    parent = multiprocessing.parent_process()
    if parent is None or _follower is not None or FOLLOW not in os.environ:
        return

    def wait() -> None:
        parent.join()
        os._exit(2)

    _follower = threading.Thread(target=wait, name="follow", daemon=True)
    _follower.start()
