"""What a pool decides, as functions of its state that say what has to be done."""
