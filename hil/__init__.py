"""The bench: devices on a bus, controllers, the runner, reports and the command."""
