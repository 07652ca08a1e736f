"""What runs: flows that read like the work they do, and the command line."""
