"""What people start: command line and flake8 plugin."""
