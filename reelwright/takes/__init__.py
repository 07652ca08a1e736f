"""A take, paid at most once: started, waited for, collected; each step can be taken by another process."""
