"""Pages of whoever uses a service or administers those of a company: one module per page."""
