"""What people type; thin: parse, call, render."""
