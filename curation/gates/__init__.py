"""What a candidate must pass before a person sees it: one gate a module, in the order in which they are cheap."""
