"""The pure core of Reelwright: values and functions that know nothing of Prefect."""
