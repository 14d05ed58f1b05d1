"""What every page rests on: who asks, in which language, how it is drawn, and what a browser may do with it."""
