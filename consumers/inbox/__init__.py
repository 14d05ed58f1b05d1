"""The inbox: files that departments drop into their folders, taken in, moved away, and answered by a receipt."""
