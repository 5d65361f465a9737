"""Wells, changeover between ground and load, and the source that runs low."""
