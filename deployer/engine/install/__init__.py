"""Gets Kestra onto this machine: which jars make up a release, where they come from, and the jars of plugins."""
