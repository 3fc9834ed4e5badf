"""Pages of reports, incidents and alerts."""
