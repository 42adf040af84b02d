"""SQLite behind SQLAlchemy: tables, migrations, the unit of work, and what reads and writes the tables."""
