"""Changes to a draft, one module for each thing a person changes. Each raises ``Refused`` with a sentence."""
