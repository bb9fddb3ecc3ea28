"""What values mean: figures, cycles, alert rules, anomalies. Pure: values in, values out."""
