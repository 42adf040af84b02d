"""What a format, trainer or service accepts: dated data with sources."""
