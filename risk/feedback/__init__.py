"""What outcomes of checks say of rules: how true each is, and which thresholds would have been better."""
