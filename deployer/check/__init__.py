"""Stage 2: documents become problems. One file per check; the table of all is here."""
