"""Telling the processes of a worker that it is being stopped, so that they put down what they hold.

A worker's main process gets the signal; its pool processes, who send, share one byte of memory with it.
"""

import mmap
from typing import Any

_flag = mmap.mmap(-1, 1)


def request(**kwargs: Any) -> None:
    """Ask all processes of this worker to finish the message in hand and claim no more."""
    _flag[0] = 1


def requested() -> bool:
    """Whether this worker is being stopped."""
    return _flag[0] == 1
