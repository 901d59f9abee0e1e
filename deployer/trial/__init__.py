"""Checks that this deployer works with a server: the whole life of a deploy, in a namespace of its own.

This runs the product itself on a temporary project: everything is deployed as `sync` does it.
"""
