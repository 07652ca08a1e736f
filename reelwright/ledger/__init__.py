"""The ledger: what was asked for, started, made and paid, so that nothing is paid twice.

`Ledger` is the one door: it claims jobs, keeps their tickets, holds the caps and tells the account's story. SQLite by
default, PostgreSQL when machines share it; every change is one short transaction that also checks who may make it.
"""
