"""What authors write with Reelwright: for people to read, and for mypy to check with --strict; none of it is run.

Every public name of `reelwright`, `tasks`, `blocks` and `reelwright.testing` is used here as an author uses it, and
`tests/test_public.py` names the one that is not. `assert_type` says what an editor shows there. A line that is wrong on
purpose says so to mypy, and fails the check when nothing is found wrong with it any more: a type was lost.
"""
