"""What tests of pages share: a page's words, the address of a client's page, how many queries something takes."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def text(response):
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def go(name, client, *more):
    """The address of one of a client's pages."""
    return reverse(name, args=[client.code, *more])


def queries(act):
    """How many queries something takes."""
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)
