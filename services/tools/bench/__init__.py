"""The benchmarks of `adloom bench`, one file each, and the bare reference programs that they are compared with."""
