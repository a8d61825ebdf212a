"""The parts of the drill `tokens`: bad tokens, an ad server whose shoppers click, a key rotation, the results."""
