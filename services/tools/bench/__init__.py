"""What `adloom bench` measures: one file a benchmark, beside the bare programs that its figures are held against."""
