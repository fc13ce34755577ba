"""The canvas: a graph of the document as a drawing, and the hands that edit it."""
