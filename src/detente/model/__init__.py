"""What a case *is*: plain frozen dataclasses, no input or output, no solver."""
