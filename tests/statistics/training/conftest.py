"""One thread: on a busy machine OpenMP's threads wait for each other at every barrier of a small network."""

import torch

torch.set_num_threads(1)
