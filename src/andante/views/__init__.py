"""Readings become text, pictures and pages. Nothing here computes a level: views say and draw what the river found."""
