"""Maps of devices: their files, registers, types and addresses."""
