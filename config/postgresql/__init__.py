"""Django's own PostgreSQL backend with a cheaper question to an idle connection."""
