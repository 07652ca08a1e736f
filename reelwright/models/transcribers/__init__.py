"""Transcribers: speech in, words with times out; `contract` says what one is."""
