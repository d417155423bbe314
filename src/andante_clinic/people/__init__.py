"""Who is who, and who may see whom. Above it stands the journal; below it only settings and keys."""
