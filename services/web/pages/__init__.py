"""What browsers load as it is: `/adloom.js`, which brings ads to any page, and `/demo`, a small shop that uses it."""
