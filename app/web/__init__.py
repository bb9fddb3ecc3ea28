"""Pages and JSON: a view parses, calls a service, renders. No SQL and no driver in here."""
