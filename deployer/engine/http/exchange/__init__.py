"""One request and its answer: what every resource needs to read the one and to write the other."""
