"""Foreign shapes become records: files and frames of any make in, the session table of the contract out.

Stands above `history`: `files` is the door. Everything wrong with an input is found before anything is computed.
"""
