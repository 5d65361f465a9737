"""The check of the inputs and outputs between a bench and a controller, one by one, before anything is tested."""
