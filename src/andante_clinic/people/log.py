"""What a log may say: pages and ids, never a client's link. Imports nothing of Django, since logging starts first."""

from __future__ import annotations

import logging
import re


class HideLinks(logging.Filter):
    """A client's link is a key: logs show that one was used, never which."""

    link = re.compile(r"/c/[^/\s'\"]+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.link.sub("/c/...", str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(self.link.sub("/c/...", a) if isinstance(a, str) else a for a in record.args)
        return True
