"""What runs by itself: streams in and out, screening while records come, the inbox."""
