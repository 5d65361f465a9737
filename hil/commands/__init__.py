"""The words of the `geotwin` command, one file each."""
