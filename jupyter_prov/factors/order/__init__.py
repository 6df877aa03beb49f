"""Order: names and hidden state between executions."""
