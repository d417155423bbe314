"""What happened: sessions, answers, topics, agreements, readings, safety. The tables, and the verbs that change them.

Above it the bridge makes session-table rows of it; below it only people. Pages call the verbs here
(`sessions.book`, `topics.note`, ...) and never write a table themselves.
"""
