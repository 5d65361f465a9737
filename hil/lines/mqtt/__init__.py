"""MQTT: devices as topics, discovery, and the broker."""
