"""What an owner can do, each with its rules; no HTTP, no HTML."""
