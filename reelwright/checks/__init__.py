"""Checks of what models send: `verdict` is what each says, `picture*` and `audio*` look and listen."""
