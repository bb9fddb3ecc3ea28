"""Take over what the program before this one kept: settings, dashboards, notes, rules, jobs, channels and history."""
