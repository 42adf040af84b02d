"""How another machine is spoken to, whoever it is: a safe address, one bounded ask, and its words in ours."""
