"""`/revendeur/campagnes`: choose, look, confirm, then follow thousands of services (NEW-6)."""
