"""SMS gateways: each preset is data and, where a gateway has its own way of answering, a small function."""
