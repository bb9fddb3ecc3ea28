"""The shapes of what the JSON interface takes and answers."""
