"""The OVH dialect: their signature, paths and bodies in front of our desk. A dialect is a translation."""
