"""Whether a server keeps what this deployer promises: the whole life of a deploy, in a namespace of its own.

It is the product itself that runs here, on a temporary project: nothing is deployed in any other way than `sync` does.
"""
