"""The nouns handed from stage to stage: frozen, no I/O, imports nothing of ours."""
