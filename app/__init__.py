"""The Layerloom window: it draws documents and training events, and leaves deciding to `graph_engine`."""
