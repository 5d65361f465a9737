"""One tick of any plant: the order of the kernels, the heat on the flows, the balances."""
