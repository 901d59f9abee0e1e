"""Stage 5: looks whether what was deployed will run. What speaks against it, the kinds of resource know."""
