"""Two versions of a controller beside each other: what became worse, what changed, and since when."""
