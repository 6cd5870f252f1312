"""One file a question: compiled text, inventories and record in; a result (frozen dataclass) out."""
