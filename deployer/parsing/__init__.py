"""The only YAML reader: a text becomes a document, read as Kestra reads it. Knows nothing of files or versions."""
