"""The canvas: a process as shapes and lines that people move, join and take apart."""
