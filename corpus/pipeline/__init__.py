"""Corpora: from chunks of work to deduplicated, split, decontaminated shards, their card and their page."""
