"""Stage 6: a report becomes text, one file per format. Reporters return strings; they print nothing."""
