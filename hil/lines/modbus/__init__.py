"""Modbus: the server of the rig and the client of its controllers."""
