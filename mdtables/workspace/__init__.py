"""The only floor that touches the disk."""
