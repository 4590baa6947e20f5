"""The sheet of a service, on a page and on paper (ACC-3): what a device needs, and never a secret."""
