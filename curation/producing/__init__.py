"""Making what was ordered: strategies draft, gates judge, what fails is repaired once, and every step is kept."""
