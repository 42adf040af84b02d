"""What it takes to train elsewhere: settings and scripts for other trainers, made from the knobs of a run here."""
