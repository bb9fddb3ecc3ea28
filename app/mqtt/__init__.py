"""Publishing to an MQTT broker: topics, what Home Assistant is told of them, and the connection."""
