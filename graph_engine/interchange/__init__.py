"""Other programs' files. What they need from third parties is imported when a file of theirs is opened."""
