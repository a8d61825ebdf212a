"""Stage 8: jobs that train models: recipe, data, a resumable run, exported weights with a reference and a card."""
