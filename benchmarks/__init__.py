"""The library beside code written by hand and beside other libraries: how long the same work takes; see README.md."""
