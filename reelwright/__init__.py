"""The pure core of Reelwright: values and functions that know nothing of Prefect."""

__version__ = "0.1.0"
