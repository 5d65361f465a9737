"""The network of water and its solver."""
