"""`python -m flows` is `reelwright`."""

from flows.cli import main

main()
