"""The engine's process: started and ended by `launch`, run by `serve`, with one line between them each way."""
