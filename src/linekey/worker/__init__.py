"""The door for time: the loop that makes effects true, the schedule, and the commands of the server."""
