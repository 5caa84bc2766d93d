"""From the WAT of one function to the generator's syntax tree, by rules: what every language can render without a model.

`lift` is the way in. Each module does one step: `stack` (stack code to the trees of `tree`), `webs` (one variable per
value that a register holds), `shape` (labels to loops and conditions), `copies` and `simplify` (fewer variables), `memory`, `variables`,
`elements` and `values` (machine words to typed expressions), `lift` (statements and declarations), `idioms` (loops as people write them).
`lift_pointers` is another way, on which addresses stay pointers (`pointers`): for all types, in languages that have pointers.

Invariant: nothing here is trusted. The steps may assume what compilers usually do; whoever uses the result has it judged.
"""

from transpile.corpus.lifting.lift import Lifted, lift
from transpile.corpus.lifting.lift_pointers import lift_pointers
from transpile.corpus.lifting.tree import NotLiftable

__all__ = ["Lifted", "NotLiftable", "lift", "lift_pointers"]
