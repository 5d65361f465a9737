"""Heat-pump units: map, refrigerant, sequence, protection, changeover."""
