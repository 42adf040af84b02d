"""The domain of Callwright: what tool-calling training data is, and what people do with it."""
