"""Asks Kestra which types it knows, how it reads them and what it checks. The format is described in `types`."""
