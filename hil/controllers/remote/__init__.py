"""The reference programs over Modbus TCP, as a controller of one's own connects."""
