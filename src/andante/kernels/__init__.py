"""Numbers in, numbers out: the arithmetic of the instrument, with no idea of clients or risks.

Every array has time along its first-but-streams axis (`[..., T, C]`: T steps, C clients) and NaN where nothing is
known. All work is done step by step for every client at once, so that a batch of one gives the same numbers as a
batch of many.
"""
