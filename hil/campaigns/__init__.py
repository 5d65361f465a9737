"""Many runs to one end: what a suite of scenarios can see, tried on controllers and mutants that deserve to fail."""
