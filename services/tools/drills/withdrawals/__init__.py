"""The parts of the drill `withdrawals`: two replicas, ads that end in six ways, and budgets that both replicas spend.

target.py        what is withdrawn and the message that ends it; pure
two_replicas.py  the stack with two creative services
watch.py         requests to both replicas at fixed times, and when each ad was shown last
ending.py        sends the changes of one group of ads and watches until none is shown
delays.py        from message to last showing, as promises; pure
spending.py      load on campaigns with budgets while a replica is killed
spent.py         the records of each campaign beside its budget, as promises
"""
