"""One torch thread: at the sizes tested, more only wait for each other."""

import torch

torch.set_num_threads(1)
