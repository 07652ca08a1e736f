"""A series: a show as a file. Its slots, its topics, what was told, and what is to be made next."""
