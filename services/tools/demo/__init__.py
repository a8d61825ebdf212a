"""`adloom run`: a stack, simulated shoppers, and figures counted from Kafka, from answers and from Feast."""
