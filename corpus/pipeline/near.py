"""Near duplicates by MinHash over source tokens: has a text nearly like this one been seen?

Sixty-four minima over hashed runs of five tokens estimate the Jaccard similarity of two texts (Broder 1997); sixteen bands of four find the
candidates. Own code, since the known library (`datasketch`) needs scipy, eight times the size of all else that a build needs, for what are
thirty lines of numpy. Invariant: the answer depends on the texts and their order alone, on every machine alike.
Limit: memory grows with the texts kept, about 2 kB each.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

RUN = 5
BANDS, ROWS = 16, 4
SIMILAR = 0.8
"""Share of equal minima from which two texts count as nearly the same."""


class NearDuplicates:
    """The texts seen so far."""

    def __init__(self) -> None:
        import numpy as np

        size = BANDS * ROWS
        raw = b"".join(hashlib.blake2b(bytes([i]), digest_size=16).digest() for i in range(size))
        numbers = np.frombuffer(raw, dtype="<u8").reshape(size, 2)
        self._factors, self._offsets = numbers[:, 0] | np.uint64(1), numbers[:, 1]
        self._signatures: list[bytes] = []
        self._where: dict[bytes, list[int]] = {}

    def signature(self, words: Sequence[str]) -> bytes:
        """64 minima of 32 bits for a text's tokens."""
        import numpy as np

        runs = {zlib.crc32(" ".join(words[i : i + RUN]).encode()) for i in range(max(1, len(words) - RUN + 1))}
        hashes = np.fromiter(runs, dtype=np.uint64, count=len(runs))
        mixed = (hashes[:, None] * self._factors + self._offsets) >> np.uint64(32)
        return mixed.min(axis=0).astype("<u4").tobytes()

    def seen(self, words: Sequence[str]) -> bool:
        """Whether a text nearly like this one was seen; if not, this one is remembered."""
        import numpy as np

        signature = self.signature(words)
        width = 4 * ROWS
        bands = [bytes([i]) + signature[i * width : (i + 1) * width] for i in range(BANDS)]
        own = np.frombuffer(signature, dtype="<u4")
        for candidate in sorted({c for band in bands for c in self._where.get(band, ())}):
            other = np.frombuffer(self._signatures[candidate], dtype="<u4")
            if (own == other).mean() >= SIMILAR:
                return True
        for band in bands:
            self._where.setdefault(band, []).append(len(self._signatures))
        self._signatures.append(signature)
        return False
