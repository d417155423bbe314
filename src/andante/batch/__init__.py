"""Batches: files and tables gathered into whole clients, and handed to `flow.read`."""
