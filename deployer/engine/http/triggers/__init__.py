"""Triggers: their states, which the scheduler keeps; switched off and on, unlocked, restarted, deleted; backfills."""
