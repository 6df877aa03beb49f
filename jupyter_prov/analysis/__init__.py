"""What sources say: the names that a cell uses and binds, what its functions do, and the flow of values."""
