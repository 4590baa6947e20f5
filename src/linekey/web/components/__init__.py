"""Parts that several pages share, on both sides of the desk: each computes what its template shows."""
