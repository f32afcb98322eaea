"""Syntax of one checked file: prefilter, the libcst tree, positions and suppressions."""
