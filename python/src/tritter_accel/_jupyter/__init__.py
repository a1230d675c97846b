"""The Python half of the Jupyter kernel: what is run, shown, completed and looked up.

The Java half (``io.tritter.jupyter``) has the sockets and threads. It makes a `Kernel` and asks it
for replies; nothing here needs Java, so another host can test it.
"""

from __future__ import annotations

from ._kernel import Kernel as Kernel
