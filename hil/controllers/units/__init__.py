"""Heat-pump units: release, staging, recovery, the cooling tower."""
