"""From a source a person wrote to a brief: Markdown, plain text, YAML, JSON, an earlier manifest."""
