"""The lowered form of a module: plain frozen values that depend on the bytes of one file only."""
