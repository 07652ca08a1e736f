"""The command line's rooms: one file a command for its options, and beside it the work that they ask for."""
