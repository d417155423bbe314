"""The command line: one file a verb. Prints and asks, never computes. Stands at the top of the river."""
