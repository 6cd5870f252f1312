"""Provisions to rows; the only place that knows how the matrix is laid out."""
