"""What an ad is painted of, back to front: backdrop, panels, product, texts."""
