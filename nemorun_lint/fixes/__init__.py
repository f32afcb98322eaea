"""Edits: how they are built and how they are applied."""
