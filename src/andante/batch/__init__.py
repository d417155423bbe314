"""Batches: files and clusters gathered into whole clients, and handed to `flow.read`."""
