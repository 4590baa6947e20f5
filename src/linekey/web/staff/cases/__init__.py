"""Support cases, for the agents who check who somebody is and decide (ACC-6 to ACC-8, TEAM-11)."""
