"""`/a/SHA256.png`: the library's pictures by their content, whole or in part."""
