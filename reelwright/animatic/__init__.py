"""The animatic: start frames painted from words and moved by a camera; free, offline, the same on every run."""
