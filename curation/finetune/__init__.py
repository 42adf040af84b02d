"""One file = one provider of fine-tuning."""
