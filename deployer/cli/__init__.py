"""The command line: click options to settings, the pipeline, the reports, the exit code. One file per command."""
