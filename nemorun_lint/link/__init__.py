"""Many modules joined: names, callees and what autoconvert makes of a body."""
