"""What went over the lines of a run: kept, written as a capture, and summed up for each controller."""
