"""Real code: where it comes from, its licences, and how functions are cut out of it."""
