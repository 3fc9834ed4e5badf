"""The API of reports, incidents, alerts and deliveries."""
