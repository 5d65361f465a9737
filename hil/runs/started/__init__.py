"""Programs that the rig starts as the controllers of a run: beside it in real time, or held on plant time."""
