"""Channels that episodes are published on, one file a kind."""
