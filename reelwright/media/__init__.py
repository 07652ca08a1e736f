"""Picture and sound: pure builders of ffmpeg commands, one function that runs them, and what reads the result."""
