"""The genuine Kestra engine in a process of its own, behind Kestra's HTTP API. Needs the extra `[engine]`."""
