"""Static analysis of NeMo-Run and Fiddle configuration code."""

__version__ = "0.1.0"
