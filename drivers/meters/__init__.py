"""The owner's own meters beside a heat pump: what they measure, and how they are asked."""
