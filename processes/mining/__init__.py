"""What people really did, read from an event log: an outside file's or the engine's own history. No database.

`reading.read_log(path)` gives a `Log`; `figures.figures_of(log)` its figures; `conformance.conformance_of(log, graph)`
how far it keeps to a process; `discovery.model_of(log)` a drawing; `heat.heat_of(rows)` figures for each node.
"""
