"""The stages of an episode as Prefect tasks: each a thin skin over one call of the core."""
