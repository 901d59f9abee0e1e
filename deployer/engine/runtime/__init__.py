"""Kestra's own services at work, behind one protocol for 1.x and 2.x: flows, executions, files, keys and logs."""
