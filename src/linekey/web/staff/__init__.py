"""The desk's other side: resellers and administrators find and set up services, staff watch the network."""
