"""Stage 4: a plan becomes outcomes."""
