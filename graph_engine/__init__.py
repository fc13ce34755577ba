"""The engine of Layerloom: documents, layers, a compiler, a runtime and training. It never imports Qt."""
