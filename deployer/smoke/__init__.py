"""Stage 5: smoke suites become results."""
