"""Reports, incidents, alerts and what came of them."""
