"""Llama pretraining at Acme."""
