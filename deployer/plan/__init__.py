"""Stage 3, pure: desired and live resources become a plan."""
