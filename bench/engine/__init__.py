"""`make bench-engine`: the process engine against pgbench and another engine, on one server in one run."""
