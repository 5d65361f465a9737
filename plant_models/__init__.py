"""The physics: components as tables with kernels, and the assembled plants."""
