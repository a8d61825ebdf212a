"""Jobs that train models: a frozen recipe, data, a resumable run, exported weights with a reference and a card."""
