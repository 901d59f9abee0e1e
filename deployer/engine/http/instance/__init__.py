"""What this instance is: its configuration and its plugins."""
