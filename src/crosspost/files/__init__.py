"""Files that people write (TOML, CSV, texts, images) become domain values; every mistake is told, with its place."""
