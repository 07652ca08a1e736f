"""Narrators: text to speech with word times; `contract` says what one is."""
