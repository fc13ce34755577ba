"""Small widgets that several docks share; none of them knows a dock."""
