"""What the checks of names look up: which tasks there are, what they call, what is read, and what may be lacking."""
