"""Models behind protocols: writers, image models, video models, narrators, transcribers; one file a vendor."""
