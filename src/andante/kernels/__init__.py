"""Numbers in, numbers out: the arithmetic of the instrument, with no idea of clients or risks.

Every array has time along its first-but-streams axis (`[..., T, C]`: T steps, C clients) and NaN where nothing is
known. What is carried from step to step is carried client by client, in loops that are compiled (`compiled.py`), so that
a batch of one gives the same numbers as a batch of many.
"""
