"""What providers of hosted fine-tuning share: dated profiles, strict answers, records in the run folder."""
