"""Image models for start frames: `contract` says what one is; each other file speaks one vendor's protocol."""
