"""Files to model, every error located."""
