"""What rows come packed in: gzip, CSV, Parquet, Arrow and folders of them, each turned into a stream of JSON rows."""
