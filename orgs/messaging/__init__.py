"""Sending messages: outbox, channels, workers, and what comes back."""
