"""Kestra in this process: the JVM, the application context with its settings and database, and the plugins in it."""
