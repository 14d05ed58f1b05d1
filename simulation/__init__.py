"""Made-up counties: honest habits first, then typical frauds, and the truth about both."""
