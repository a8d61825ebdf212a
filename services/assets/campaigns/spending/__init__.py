"""What campaigns may still spend: budgets of all replicas together, their pacing, and caps by shopper."""
