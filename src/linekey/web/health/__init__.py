"""What needs attention (NEW-11): all of one kind, and the one step which stops an attack."""
