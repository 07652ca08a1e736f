"""Configuration that people store in Prefect: each block builds an object of the core."""
