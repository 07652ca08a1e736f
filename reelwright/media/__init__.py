"""Picture and sound: pure functions that build argument lists, one function that runs them, and what reads the result."""
