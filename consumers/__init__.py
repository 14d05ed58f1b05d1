"""What runs by itself: streams in and out, the inbox, the clock."""
