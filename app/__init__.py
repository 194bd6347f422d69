"""Everything a person sees. No algorithm lives here."""
