"""The bridge: the only folder of the clinic that knows the instrument's river. Journal -> rows -> readings -> stored.

Above it the pages; below it journal and people on one side, the instrument on the other.
"""
