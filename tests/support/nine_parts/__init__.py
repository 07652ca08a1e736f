"""A part of each kind, as somebody's own package holds them: each leaves in the episode what no part of ours leaves.

Nobody is asked and nothing is paid. The package is written like one of another distribution, and copied by the tests.
"""
