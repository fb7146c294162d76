"""Opening and closing as steps, and the drivers that make the waits."""
