"""Stage 1: files on disk become documents. The only YAML reader, the only git reader."""
