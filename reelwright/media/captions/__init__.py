"""Captions: words with times laid out inside the platforms' safe area, burned in by libass, and as SRT and WebVTT."""
