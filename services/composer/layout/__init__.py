"""Where the parts of an ad stand: texts as large as their region lets them be, the lesser ones left out first."""
