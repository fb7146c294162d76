"""What the life of a pool is on threads and on an event loop alike."""
