"""What dev.py needs to set a machine up. Standard library only."""
