"""Promises made to readers: what the pages say about the code is compared with the code."""
