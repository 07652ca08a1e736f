"""Strict servers for every remote API: they refuse what the real one refuses, and fail when told to."""
