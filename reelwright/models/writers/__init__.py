"""Writers: a topic or a text in, a storyboard out; `contract` says what one is."""
