"""Where the engine's changes and events become Qt signals; the rest of the window knows only these objects."""
