"""What a log may say: pages and ids, never a client's link, name or words. Imports nothing of Django, since logging starts first."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType


class HideLinks(logging.Filter):
    """A client's link is a key: logs show that one was used, never which."""

    link = re.compile(r"/c/[^/\s'\"]+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.link.sub("/c/...", str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(self.link.sub("/c/...", a) if isinstance(a, str) else a for a in record.args)
        return True


class WithoutWords(logging.Formatter):
    """Of an error its kind and where it happened; its message stays out, since it may repeat what a person wrote."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]) -> str:
        found, error = [], ei[1]
        while error is not None:
            kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
            found.append("".join(traceback.format_tb(error.__traceback__)) + f"{kind} (what it says is not logged)")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhich came from\n".join(found)
