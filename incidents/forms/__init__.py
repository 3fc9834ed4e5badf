"""Forms of reports, incidents and alerts."""
