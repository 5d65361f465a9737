"""What stands between a controller and a device, or in the device's place: a proxy, and the player of a recording."""
