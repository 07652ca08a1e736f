"""The base on which every remote model stands: keys, one transport, what vendors say, downloads.

A protocol holds one `Transport` and calls it four ways:

```
get(path)               a free read: repeated on 429, 5xx and transport faults, Retry-After honoured
free(method, path)      another free and repeatable call (delete, cancel, a balance)
paid(path)              a POST that can cost money: sent exactly once
download(url, into)     bytes into a file: resumed, measured, and no key for a foreign origin
```

What a vendor says in an error becomes a `Refusal`; a table of `Rule`s maps it onto a failure kind.
"""
