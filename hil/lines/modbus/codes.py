"""Modbus function and exception codes by name (Modbus Application Protocol 1.1b3, sections 6 and 7)."""

READ_COILS, READ_DISCRETE_INPUTS, READ_HOLDING_REGISTERS, READ_INPUT_REGISTERS = 1, 2, 3, 4
WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 5, 6, 15, 16
MASK_WRITE_REGISTER, READ_WRITE_REGISTERS, ENCAPSULATED = 22, 23, 43
DIAGNOSTICS, REPORT_SERVER_ID = 8, 17
DEVICE_IDENTIFICATION = 14

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE = 1, 2, 3, 4
DEVICE_BUSY = 6
GATEWAY_TARGET_SILENT = 11
GATEWAY_ITSELF = (0, 255)
"""Ids by which a client means whoever answers at the port: its one device, or a gateway, which has no registers."""

EXCEPTIONS = {
    ILLEGAL_FUNCTION: "illegal function",
    ILLEGAL_ADDRESS: "illegal data address",
    ILLEGAL_VALUE: "illegal data value",
    DEVICE_FAILURE: "device failure",
    5: "acknowledge",
    DEVICE_BUSY: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    GATEWAY_TARGET_SILENT: "gateway target did not respond",
}
