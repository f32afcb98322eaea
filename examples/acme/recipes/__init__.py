"""One module a model."""
