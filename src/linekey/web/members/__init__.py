"""The people of an organisation: find one, see how they stand, help them. Nothing is decided here."""
