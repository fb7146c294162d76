"""Jobs of many small tasks on worker processes: resources opened once per worker, and opened per task."""
