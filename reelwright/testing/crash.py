"""Let the kernel kill a program at one exact instruction: `python -m reelwright.testing.crash WHERE PROGRAM …`.

WHERE is `module:Class.method:call` or `…:return`, with `:N` behind it for the N-th time, or `never`. The interpreter's
own profiler watches; no code of ours is replaced. SIGKILL leaves no time to tidy up, as a power cut does.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from types import FrameType
from typing import Any


def watch(where: str) -> None:
    """Kill this process when WHERE is reached."""
    module, name, event, *nth = where.split(":")
    wanted = int(nth[0]) if nth else 1
    seen = 0

    def look(frame: FrameType, happened: str, _: Any) -> None:
        nonlocal seen
        if happened != event or frame.f_code.co_qualname != name or frame.f_globals.get("__name__") != module:
            return
        seen += 1
        if seen == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(look)
    sys.setprofile(look)


def main() -> None:
    """Watch, then be the program."""
    where, module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    if where != "never":
        watch(where)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
