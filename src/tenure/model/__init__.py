"""What is bound to what, as data: no user code runs in this room."""
