"""Tests flows before they are merged: on an engine of our own, with tasks mocked whose plugins it does not have."""
