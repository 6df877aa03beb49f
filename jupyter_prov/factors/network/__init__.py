"""The network: remote data that executions fetch."""
